// The script of a page that already has an answer.
import { complete } from "./answer.js";

complete(document.getElementById("result"));
