/* What every page gets beyond what works without scripts. Each part stands alone: none can take another with it. */

import { appearance } from "./appearance.js";
import { searchFields } from "./combobox.js";
import { offline } from "./offline.js";
import { tools } from "./tools.js";
import { unsent } from "./unsent.js";

document.documentElement.classList.add("scripted");
[appearance, searchFields, tools, offline, unsent].forEach((part) => {
  try {
    part();
  } catch (error) {
    console.error(error);
  }
});
