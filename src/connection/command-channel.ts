/** What a command's channel tells of while it runs. Chunks are valid only during the call. */
export interface ChannelListener {
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
  /** The command itself has ended; something it left behind may still hold its output open. */
  exited(end: ChannelEnd): void
}

/** How a command ended on the remote. */
export interface ChannelEnd {
  code: number | null
  /** Name of the signal that ended it, such as SIGTERM. */
  signal: string | null
  /** Why it is not known how it ended: the connection is gone, in ssh's words as far as there are any. */
  lost: string | null
  /** Whether it is certain that nothing was run. */
  refused: boolean
}

/** A command's channel, however it is carried. */
export interface CommandChannel {
  readonly ended: Promise<ChannelEnd>
  /** Sends input; what the other side does not take yet waits in memory. */
  write(bytes: Buffer): void
  endInput(): void
  /** Asks the server to signal the command's process group. @returns whether it says that it did */
  signal(name: string): Promise<boolean>
  /** Gives the channel up: what the command still prints is lost. */
  close(): void
}

/** What is to be run in a channel, and with what. */
export interface ChannelCommand {
  command: string
  /** Whether that is the name of a subsystem of the server, such as sftp. */
  subsystem?: boolean
  /** Variables that the person's configuration sends along (SendEnv, SetEnv). */
  env: readonly (readonly [string, string])[]
  forwardAgent: boolean
  /** The terminal it is to have, if any. */
  terminal: { cols: number; rows: number } | null
}

/** The server opens no further channel on this connection. */
export class ChannelRefused extends Error {}
