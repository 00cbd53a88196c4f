// A worker of npm's comlink: one exposed object.
import * as Comlink from "./npm/comlink.mjs";
import { decide } from "./decide.js";

Comlink.expose({ decide });
