/* What the pages of the admin get beyond Django's own. */

import { unsent } from "./unsent.js";

unsent();
