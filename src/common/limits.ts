/** Every limit with its reason. Times are in milliseconds unless the name says otherwise. */

/** The terminal a session starts with, in characters: wide enough for most tables. */
export const DEFAULT_COLS = 120
export const DEFAULT_ROWS = 40

/** The longest that a timer can be set to, some 24 days; beyond it Node fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

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

/** Silence at a prompt after which no more of several lines is to come, where fewer prompts came than lines were sent. */
export const AHEAD_MS = 300

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

/** How long the daemon may take to come up, and a client to send the first line of a connection. */
export const DAEMON_START_MS = 15_000
export const HELLO_TIMEOUT_MS = 5000

/** How long the daemon's answer to it is waited for: systemd may be starting one, after the last one's end, which may take 6 s. */
export const WELCOME_TIMEOUT_MS = 10_000

/** How often progress is reported to a client that asked for it. */
export const PROGRESS_MS = 5000

/** Output of one command on its way through a shared connection, in bytes; twice what OpenSSH gives a channel. */
export const MAX_OUTPUT_WINDOW = 4 * 1024 * 1024

/** A living master answers its control socket at once; a person's own may be stopped or hung. */
export const MUX_ANSWER_MS = 3000

/** How long a shared connection that nobody uses is kept, and one beyond the first of its target. */
export const MASTER_IDLE_MS = 600_000
export const SPARE_MASTER_IDLE_MS = 10_000

/** Connections to one target at once: a server that takes one command per connection gets no more than this. */
export const MAX_MASTERS = 8

/** Forwards at once, so that one that is made in a loop by mistake is noticed; and stopped ones that stay listed. */
export const MAX_FORWARDS = 100
export const MAX_STOPPED_FORWARDS = 100

/** Pause before a lost forward is made again: at first, and the longest that it is doubled to. */
export const FORWARD_RETRY_MS = 200
export const FORWARD_RETRY_MOST_MS = 30_000

/** How long `ssh -G` is believed while the configuration files it reads are unchanged. */
export const RESOLVED_MS = 5000

/** How often a connection that is being made is looked at, besides whenever ssh says something. */
export const CONNECT_POLL_MS = 50

/** Largest ssh output of a connection that is kept for its last words. */
export const MASTER_TAIL_BYTES = 32 * 1024

/** Time a person has for an answer once the page that asks for it is open. */
export const PERSON_MS = 180_000

/** After a command has ended: how long what it left behind may be silent, and may hold its output open at all. */
export const LEFTOVER_QUIET_MS = 250
export const LEFTOVER_MS = 5000

/** Longest command line that is sent, in bytes: Linux takes 128 KiB in one argument, on the remote too. */
export const MAX_COMMAND_BYTES = 120_000

/** How long a command of ssh_exec may take unless the call or SSH_DEFAULT_TIMEOUT_SEC says otherwise, in seconds. */
export const DEFAULT_EXEC_SECONDS = 45

/** Time for ending a command on the remote after its time is up: a polite signal, two seconds, a kill, the way there. */
export const END_COMMAND_MS = 12_000

/** The same for a transfer, of which something can be told at once. */
export const TRANSFER_PROGRESS_MS = 1000

/** Connections of the HTTP door at once: a client has a stream of news and one for each call that is under way. */
export const MAX_HTTP_CONNECTIONS = 1024

/** Responses to one client of the HTTP door under way at once: an eighth of the connections, so that others get theirs. */
export const MAX_VISIT_RESPONSES = 128

/** Clients of the HTTP door at once: most never take their leave, and each costs 170 KB, here and in the daemon. */
export const MAX_VISITS = 512

/** A client that comes back within this time finds its visit; one that was used since is never ended for another's sake. */
export const VISIT_KEPT_MS = 300_000

/** The same for one that has only said who it is: clients go on at once, and lose nothing by beginning anew. */
export const VISIT_UNRETURNED_MS = 10_000

/** After this time without a request or an open stream a visit is ended: clients open a new one without being asked. */
export const VISIT_IDLE_MS = 1_800_000

/** The same where the client had a stream for news and has closed it, as it does when it ends. */
export const VISIT_LEFT_MS = 360_000

/** Requests of clients without a visit (stateless) under way at once. */
export const MAX_STATELESS = 64

/** How long the headers of a request may take, and all of it: 25 MB take this long at 7 Mbit/s. */
export const HTTP_HEADERS_MS = 10_000
export const HTTP_REQUEST_MS = 30_000

/** How long a connection is kept for the next request: an agent thinks between its calls. */
export const HTTP_KEEP_ALIVE_MS = 30_000

/** A response of which nothing has gone out for this long is nobody's any more. */
export const STALLED_RESPONSE_MS = 30_000

/** Bodies that are being read, all together, but for small ones. */
export const MAX_BODIES_BYTES = 64 * 1024 * 1024

/** Longest message of the daemon that the HTTP door takes: the largest texts, JSON-escaped, in both forms of a result. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024
