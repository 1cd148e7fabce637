import { ToolError } from '../common/errors.js'

/** What whoever copies may not do on that side. */
export class Forbidden extends ToolError {}
