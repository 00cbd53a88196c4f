// A worker of npm's workerpool: one exported function. The library is no module: it leaves itself
// in the global scope.
import "./npm/workerpool.js";
import { decide } from "./decide.js";

globalThis.workerpool.worker({ decide });
