/** Every limit with its reason. Times are in milliseconds unless the name says otherwise. */

/** The terminal a session starts with, in characters: wide enough for most tables. */
export const DEFAULT_COLS = 120
export const DEFAULT_ROWS = 40

/** Text given back by one call, in UTF-16 units: about 4,000 to 8,000 tokens, under every client's own cut. */
export const DEFAULT_OUTPUT_CHARS = 16_000
export const MAX_OUTPUT_CHARS = 1_000_000

/** Longest wait on a session in seconds: the strictest clients give a tool call 60 seconds. */
export const MAX_WAIT_SECONDS = 50

/** Largest input of one write, in bytes; more belongs in a file transfer. */
export const MAX_INPUT_BYTES = 4 * 1024 * 1024

/** Longest line on the wire: 4 MiB of input may be six times as long when JSON-escaped, plus the envelope. */
export const MAX_LINE_BYTES = 6 * MAX_INPUT_BYTES + 1024 * 1024

/** Output waiting for a client that does not read; above it no more of its requests are taken. */
export const MAX_UNSENT_BYTES = 1024 * 1024

/** Requests of one connection under way at once; above it no more are read until one is answered. */
export const MAX_REQUESTS_IN_FLIGHT = 512

/** An escape sequence up to this size is never cut, in bytes; longer ones are nobody's real output. */
export const MAX_SEQUENCE_BYTES = 4096

/** Silence after which output of a program without marks is taken for settled. */
export const QUIET_MS = 200

/** After a line editor switched itself on, the prompt's text follows within the same write or the next. */
export const PROMPT_SETTLE_MS = 10

/** The same where nothing was printed since: the prompt was printed before (zsh), or is still to come (fish). */
export const UNPROMPTED_SETTLE_MS = 50

/** Silence on an unfinished line before we look whether ssh or the remote is asking something. */
export const QUESTION_MS = 150

/** Silence after which a session that shows no prompt is taken to be one that never will, and gets its input. */
export const SILENT_SHELL_MS = 3000

/** How long a write that is past its wait goes on while the other side still takes input. */
export const STALLED_WRITE_MS = 500

/** Bytes of output kept in memory while the disk does not take them; the PTY is paused meanwhile. */
export const MAX_BACKLOG_BYTES = 256 * 1024

/** How often a full disk is tried again, and how long before what could not be written becomes a gap. */
export const DISK_RETRY_MS = 200
export const DISK_GIVE_UP_MS = 60_000

/** Bytes read back from a transcript at a time, so that a long read lets other work pass in between. */
export const READ_SLICE_BYTES = 64 * 1024

/** Distance between two remembered positions of a transcript's character count, and how many are kept. */
export const CHECKPOINT_BYTES = 256 * 1024
export const MAX_CHECKPOINTS = 4096

/** How long an exited session stays listed: an hour, or five minutes with auto_close. */
export const LISTED_MS = 3_600_000
export const LISTED_AUTO_CLOSE_MS = 300_000

/** Running sessions one daemon holds unless SSH_MCP_MAX_SESSIONS says otherwise. */
export const DEFAULT_MAX_SESSIONS = 64

/** Seconds without sessions and clients after which the daemon ends. */
export const DEFAULT_IDLE_EXIT_SECONDS = 600

/** Seconds ssh may take to connect (its ConnectTimeout). */
export const DEFAULT_CONNECT_SECONDS = 10

/** Time for a polite hang-up before the kill, and for the kill to be seen, when the daemon ends. */
export const STOP_GRACE_MS = 2000
export const KILL_GRACE_MS = 2000

/** A child such as tmux or `ssh -G` answers in milliseconds; one that hangs must not hold up a call. */
export const CHILD_TIMEOUT_MS = 3000

/** How long the daemon may take to come up, and to answer the first line of a connection. */
export const DAEMON_START_MS = 15_000
export const HELLO_TIMEOUT_MS = 5000

/** How often progress is reported to a client that asked for it. */
export const PROGRESS_MS = 5000
