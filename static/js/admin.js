/* What the pages of the admin get beyond Django's own. */

import { entryDraft } from "./entry_draft.js";
import { unsent } from "./unsent.js";

unsent();
entryDraft();
