import type { Tool } from './tool.js'
import { connect, disconnect, status } from './tools/connections.js'
import { ensureSession, startSession } from './tools/ensure-session.js'
import { exec } from './tools/exec.js'
import { forward, listForwards, stopForward } from './tools/forwards.js'
import { listFiles } from './tools/list-files.js'
import { listSessions } from './tools/list-sessions.js'
import { readSession } from './tools/read-session.js'
import { remoteFileTools } from './tools/remote-files.js'
import { run } from './tools/run.js'
import { scp } from './tools/scp.js'
import { stopSession } from './tools/stop-session.js'
import { sync } from './tools/sync.js'
import { writeSession } from './tools/write-session.js'

/** Every tool, in the one order in which they are always listed. */
export const TOOLS: readonly Tool[] = [
  ensureSession,
  startSession,
  run,
  writeSession,
  readSession,
  stopSession,
  listSessions,
  exec,
  scp,
  sync,
  listFiles,
  forward,
  listForwards,
  stopForward,
  ...remoteFileTools,
  connect,
  status,
  disconnect,
]
