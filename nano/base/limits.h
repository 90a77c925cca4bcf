// Public header. Every bound in Nano, in one place, each with its reason; those of the wire format are in
// protocol/limits.h, those between nodes in cluster/network/limits.h. What is no bound but a matter of speed,
// such as how much of a buffer is kept, stands where it is used. Bounds that operators may change are
// defaults of Options.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "nano/base/clock.h"

namespace nano::limits {

using namespace std::chrono_literals;

// -- connections --------------------------------------------------------------------------------------------

/// From connecting to the acknowledged handshake. Phones on bad networks need some seconds; a connection that
/// never speaks costs memory all this time.
inline constexpr Duration handshake_timeout = 10s;

/// Between two heartbeats of the server. The default of Go Nano and pomelo.
inline constexpr Duration heartbeat_interval = 30s;

/// A client without a packet for this many intervals is gone. Browser clients answer an interval late, so up
/// to two lie between their packets.
inline constexpr int heartbeat_intervals_until_silent = 3;

/// How long a closing connection may take to flush what is queued and to see the client's close. After that
/// the socket is reset.
inline constexpr Duration close_timeout = 3s;

/// From one HTTP request to the next on a kept-alive connection, and for one request to arrive.
inline constexpr Duration http_idle_timeout = 15s;

/// From an HTTP request to its answer. Browsers and proxies wait for about a minute; whoever waits so long is
/// better told before.
inline constexpr Duration http_answer_timeout = 30s;

/// The same once the client has closed its side of the stream. Most who do so have closed both; enough for
/// the few who still read and are answered out of a database.
inline constexpr Duration http_half_closed_timeout = 1s;

/// How far the maker of a streamed HTTP answer may be ahead of its client: enough to keep a fast one busy
/// while the next piece is made.
inline constexpr std::size_t http_stream_ahead_bytes = std::size_t{64} << 10;

/// The same of one that does not wait. Then the client is given up: what a handler makes without looking is
/// held in memory.
inline constexpr std::size_t http_stream_bytes = std::size_t{4} << 20;

/// Request line and headers of an HTTP request; what stands between and behind the chunks of a body may be as
/// much. Browsers stay below 8 KiB, and RFC 9112 asks for that much of a request line.
inline constexpr std::size_t http_head_bytes = 16'000;

/// The body of an HTTP request, which is held in memory whole.
inline constexpr std::size_t http_body_bytes = std::size_t{64} << 10;

/// Hexadecimal digits of a chunk's size, leading zeros not counted: they fill 64 bits, and a larger chunk is
/// too large in any case.
inline constexpr std::size_t http_chunk_size_digits = 16;

/// Files up to here are read at once and held in memory while they are sent, once for all who fetch them.
/// Larger ones are read piece by piece.
inline constexpr std::size_t file_whole_bytes = std::size_t{64} << 10;

/// What is read of a large file at once: at least what a slow connection takes, at most what makes the way to
/// another thread and back not worth mentioning.
inline constexpr std::size_t file_piece_bytes_min = std::size_t{32} << 10;
inline constexpr std::size_t file_piece_bytes_max = std::size_t{256} << 10;

/// Pieces of large files in memory at a time, 16 MiB. Each is there only from the disk to the socket.
inline constexpr std::size_t file_pieces_held = 64;

/// Threads that open files, and as many that read pieces of large ones. They are not the workers, so that
/// downloads and databases don't wait for each other; two, so that one slow file does not hold up all.
inline constexpr unsigned file_threads = 2;

/// HTTP requests that one handler answers at a time. Each may hold a body of 64 KiB; more than a few thousand
/// at once come from a handler that hangs, or from a flood.
inline constexpr std::size_t http_requests_in_flight = 4096;

/// Bytes that may wait to be sent to one client unwatched. Beyond that nothing is read from it, and it is
/// closed with reason `backpressure` if it takes next to nothing for the time below. A second of traffic of a
/// busy session is a few KiB; what goes beyond a megabyte is a large answer, or a client that does not keep
/// up.
inline constexpr std::size_t send_queue_bytes = std::size_t{1} << 20;

/// How long a client that is over this budget may take next to nothing. Phones lose their network for some
/// seconds; a client that has stopped reading keeps its megabytes for as long.
inline constexpr Duration send_stall_timeout = 10s;

/// Bytes that wait for one client at most, however well it reads: four of the largest messages there can be.
/// An application that goes on beyond it sends faster than the client can take.
inline constexpr std::size_t client_queue_bytes_most = std::size_t{64} << 20;

/// Bytes that wait for all clients of a process together, beyond what each may have unwatched. When they are
/// there, those clients are closed that are sent still more while they are over their budget, and have more
/// than the average.
inline constexpr std::size_t send_queues_bytes = std::size_t{1} << 30;

/// Keys of one client for which a newer push can still replace an older one that waits. Each push looks
/// through them; with more, the further ones wait as any other.
inline constexpr std::size_t latest_keys = 256;

/// A key names an object of the game: a few words.
inline constexpr std::size_t latest_key_bytes = 255;

/// Bytes that the system holds unsent for one client, beyond what is on its way. What waits there can be
/// neither replaced nor taken back; at 100 Mbit/s it is sent in 10 ms.
inline constexpr int unsent_bytes = 128 << 10;

/// What a message that waits to be sent or handled costs beside its bytes, so that many tiny ones count for
/// what they hold.
inline constexpr std::size_t message_overhead_bytes = 64;

/// A client that takes less than this within a time limit takes next to nothing: some hundred bytes a second,
/// which the slowest phones exceed.
inline constexpr std::size_t progress_bytes = std::size_t{1} << 10;

/// Bytes received from one client that the logic thread has not yet handled; beyond that the socket is not
/// read and TCP slows the client down.
inline constexpr std::size_t receive_queue_bytes = std::size_t{256} << 10;

/// One inbound WebSocket message; it may hold several packets.
inline constexpr std::size_t websocket_message_bytes = std::size_t{1} << 20;

/// Packets of fewer bytes are not compressed for WebSocket clients: deflate finds little in them alone, and a
/// network packet carries headers of 60 bytes anyway.
inline constexpr std::size_t websocket_deflate_bytes_min = 256;

/// Nor are packets of more: the logic thread compresses, and this many bytes keep it for some milliseconds.
inline constexpr std::size_t websocket_deflate_bytes_max = std::size_t{256} << 10;

/// A compressed WebSocket message is held until it is whole: up to the largest packet, which may have to be
/// held just so, and this much more for what deflate adds to bytes that it cannot compress.
inline constexpr std::size_t websocket_deflated_overhead_bytes = 1024;

/// Buffers that one gather write takes at most. Linux takes 1024; 256 fit comfortably on the stack and are
/// more than a turn produces for one client.
inline constexpr std::size_t gather_buffers = 256;

/// Plaintext that is encrypted ahead of one write: a few TLS records of 16 KiB, about what a socket takes at
/// once.
inline constexpr std::size_t encrypted_piece_bytes = std::size_t{64} << 10;

/// The part of an I/O loop's time that TLS handshakes get: they wait before others do. Where the loop is the
/// logic thread's own, the game goes first. A third of a core is 400 handshakes a second with RSA of 2048
/// bits, and 3,000 with ECDSA.
inline constexpr int handshake_percent = 33;
inline constexpr int handshake_percent_own_thread = 75;

/// Handshake time that is saved up while there are none, so that a few at once don't wait; and how much of it
/// one turn of the loop takes, before other clients have theirs.
inline constexpr Duration handshake_burst = 50ms;
inline constexpr Duration handshake_slice = 2ms;

/// Messages of the TLS handshake protocol from one client. A handshake has up to four. What comes later wants
/// new keys (TLS 1.3) or to negotiate anew (TLS 1.2, refused) and costs tens of microseconds for 30 bytes;
/// clients do so after gigabytes, if ever. A connection with more is closed.
inline constexpr std::uint32_t tls_handshake_messages = 64;

/// RSA keys with more bits are warned of at start: a handshake costs 0.8 ms with 2048 bits and 6 ms with
/// 4096. With ECDSA on P-256 it is 0.1 ms.
inline constexpr int tls_rsa_bits = 2048;

/// RFC 8446, section 5.1: what one TLS record holds, and one call decrypts.
inline constexpr std::size_t tls_record_bytes = std::size_t{16} << 10;

/// Files known to have been sent; those that nobody sends any more are forgotten when there are so many.
inline constexpr std::size_t cached_files_swept = 1024;

/// The shared read buffer of an I/O loop: what one read takes from one socket at most.
inline constexpr std::size_t read_buffer_bytes = std::size_t{64} << 10;

/// Socket events handled between two flushes, so that a busy loop still writes, runs timers and tasks.
inline constexpr int events_per_turn = 128;

/// More looks for events in a turn, where most of those found are of connections that wait for a turn anyhow.
inline constexpr int looks_per_turn = 8;

/// Time that the connections' turns take between two flushes; then writes, timers and tasks have theirs. A
/// client that sends now and then waits for about this long, however many others flood.
inline constexpr Duration round_time = 4ms;

/// The same for an I/O thread, that only reads: what it has read goes over, and answers leave, in between.
inline constexpr Duration read_round_time = 1ms;

/// A client's turn within a round is an equal part of the round's time, but no less than this: some 50 small
/// requests, which is more than ordinary clients send at once, and worth the system calls of a turn. With 200
/// clients that flood, all have had a turn after 10 ms.
inline constexpr Duration share_time_least = 50us;

/// Rounds with fewer clients than this are not measured: the clock would cost more than is learned.
inline constexpr std::size_t round_clients_measured = 8;

/// Bytes that all connections together read in one round, each an equal part, but no fewer than the second:
/// what costs the loop most for its bytes are frames and records with nothing in them.
inline constexpr std::size_t read_round_bytes = std::size_t{512} << 10;
inline constexpr std::size_t read_share_bytes_least = std::size_t{4} << 10;

/// Connections that one listener accepts in a turn: at some 20 microseconds each, the others wait a
/// millisecond.
inline constexpr int accepts_per_turn = 64;

/// Connections waiting to be accepted by one listener, in the kernel.
inline constexpr int listen_backlog = 4096;

/// A certificate that is valid for no longer than this is told of at the start: time to get another one.
inline constexpr std::chrono::hours certificate_renewal{14 * 24};

/// Pause after the system refused to accept (out of files, out of memory).
inline constexpr Duration accept_pause = 100ms;

// -- sessions -----------------------------------------------------------------------------------------------

/// Messages of one session that are being handled by coroutines or wait for a late answer. A client that
/// needs more sends faster than it is served; further requests are answered `too_many_requests`, notifies
/// dropped.
inline constexpr std::uint32_t calls_in_flight = 1024;

/// Payload bytes of those messages, which each keeps until it is answered: without this bound many large
/// payloads could claim a gigabyte for one session. A single message may be larger.
inline constexpr std::size_t calls_in_flight_bytes = std::size_t{4} << 20;

/// From a call to another service to its answer. Players don't wait longer, and one that hangs holds its
/// memory all this time.
inline constexpr Duration call_timeout = 5s;

/// Names and values that a session shares between nodes: each node that handles its messages keeps a copy.
inline constexpr std::size_t shared_bytes = std::size_t{16} << 10;

/// A kick's reason is a sentence; what is longer is cut.
inline constexpr std::size_t kick_reason_bytes = 1024;

/// Compressed payloads inflate to the largest packet at most: they are another way to send it, not to send
/// more. Up to this many bytes for each that was sent are free; JSON of games takes 3 to 8. What is more has
/// an allowance for each client, of the largest packet in a second, and then waits.
inline constexpr std::size_t inflate_ratio = 8;

/// The same allowance of all clients together, since many each have their own, and who connects anew has a
/// new one: in a second, and saved up for one. To inflate and parse so much takes about a tenth of the logic
/// thread's time. What is beyond it is refused.
inline constexpr std::size_t inflated_bytes_per_second = std::size_t{8} << 20;

/// To inflate and parse so many bytes takes about as long as a small request, and counts as one in a turn.
inline constexpr std::size_t inflated_bytes_per_packet = 256;

// -- payloads -----------------------------------------------------------------------------------------------

/// Arrays and objects within each other, when reading and when writing. Each level costs a few hundred bytes
/// of stack; messages of games have about five.
inline constexpr std::size_t json_depth = 64;

/// Of a text that was not expected, an error quotes this much.
inline constexpr std::size_t quoted_json_bytes = 32;

/// Longer lists of a fixed length are described without it: TypeScript would spell out each element.
inline constexpr std::size_t printed_tuple_elements = 8;

// -- scheduler ----------------------------------------------------------------------------------------------

/// Threads of the worker pool, which runs blocking calls.
inline constexpr unsigned worker_threads = 2;

/// Jobs that wait for a worker; more are refused, because they would wait longer than anyone waits for them.
inline constexpr std::size_t worker_queue_jobs = 10'000;

/// Tasks that wait in a local scheduler; more are refused.
inline constexpr std::size_t local_scheduler_tasks = 100'000;

/// A task or handler on the logic thread that takes longer is logged: all sessions waited for it.
inline constexpr Duration stall_limit = 100ms;

/// A thread that comes back from waiting, or gets through its work, later than this was held up: that is
/// nobody else's silence. So much it can be late by itself, without that a client would notice.
inline constexpr Duration held_up_least = 100ms;

/// How often it is looked whether the logic thread stalls at present, beside the signals. A stall is told
/// when it is first seen, and then each time that it has lasted twice as long.
inline constexpr Duration process_watch_interval = 250ms;

/// The same signal again within this time is the same wish: `timeout` and other programs that start servers
/// send it to the process and then to its whole group. Nobody presses a key twice so fast.
inline constexpr Duration signal_repeat = 50ms;

/// Of the name of what runs, for that log line: a route's beginning tells it.
inline constexpr std::size_t stall_name_bytes = 64;

/// Tasks that one turn of the logic thread finds posted, beyond which it logs a warning: at a microsecond
/// each they delay everybody by the stall limit.
inline constexpr std::size_t posted_tasks_warning = 100'000;

// -- log ----------------------------------------------------------------------------------------------------

/// Within this time the lines of one kind that strangers can cause share a budget, and what was left out is
/// said within it.
inline constexpr Duration log_window = 10s;

/// Lines of one kind from one source (an address) within a window: enough to see what it does.
inline constexpr int log_lines_per_source = 8;

/// Lines of one kind from all sources within a window: six a second can still be read, and stay within a
/// gigabyte a week.
inline constexpr int log_lines_per_kind = 64;

/// How many times as much is let through at level debug: who asks for it looks at single clients.
inline constexpr int log_debug_times = 16;

/// Kinds of lines that have a budget of their own. Nano has some dozens; more are an application's, which
/// should not make them of what clients send.
inline constexpr std::size_t log_kinds = 512;

/// What of a source's name is looked at. Addresses are shorter.
inline constexpr std::size_t log_source_bytes = 64;

/// Of an event, a key or a value in a log line; what is longer is cut. A route has 255 bytes, sentences
/// fewer.
inline constexpr std::size_t log_field_bytes = 1024;

/// Lines that wait to be written to standard error; what is more is left out, counted, and said. A quarter is
/// kept for errors. A megabyte is some ten thousand lines.
inline constexpr std::size_t log_queue_bytes = std::size_t{1} << 20;

/// How long the end of a process waits for the lines that it has yet to write: who reads them reads faster.
inline constexpr Duration log_flush_timeout = 1s;

// -- application --------------------------------------------------------------------------------------------

/// Files the process wants to be allowed to open: each client is one.
inline constexpr std::uint64_t open_files = 1'048'576;

/// From the signal to stop until all is dropped that has not ended. Docker kills ten seconds after its
/// signal, and a process takes a moment to end.
inline constexpr Duration shutdown_timeout = 8s;

/// The parts of that time, in percent of it from the signal on, by which a stop goes on to its next step
/// whatever is left. Until then: what clients asked is answered, the node having left its cluster in the
/// first half; sessions have closed and what that set off has ended; components have shut down, and the rest
/// is cancelled. What remains is for bytes to leave. Most is for answers, of which all the rest goes on
/// meanwhile; at 8 s each of the next two steps has 0.8 s for itself, in which a game is saved.
inline constexpr int stop_percent_answers = 75;
inline constexpr int stop_percent_sessions = 85;
inline constexpr int stop_percent_components = 95;

/// Of one piece of a stop in which something held the logic thread up, as a callback or a hook, so much
/// counts towards the stop's time.
inline constexpr Duration stop_held_up_counted = 1s;

/// Sockets end on the loops' threads, which tell nobody: how often a stop looks whether all have.
inline constexpr Duration stop_look_interval = 5ms;

/// Sessions that a stopping server closes in one turn: at some 20 microseconds each, with their callbacks,
/// heartbeats and other work wait ten milliseconds.
inline constexpr std::size_t sessions_closed_per_turn = 500;

/// Routes and other names that one log line counts up: some tens are still read.
inline constexpr std::size_t names_in_log_line = 20;

/// What a process that stops may take beyond its time to do so, before it is ended with what hangs in the
/// log: a call on a worker that never returns, a handler in an endless loop.
inline constexpr Duration exit_grace = 5s;

/// Of --io-threads and --worker-threads: no machine that games run on gains by more, and each has its stack.
inline constexpr unsigned io_threads_most = 256;
inline constexpr unsigned worker_threads_most = 1024;

/// Of --send-queue-bytes-max: with less no message would fit; more has no machine.
inline constexpr std::size_t send_queue_bytes_least = 1024;
inline constexpr std::size_t send_queue_bytes_most = std::size_t{1} << 40;

/// Tries to take one free port on all addresses of a name; others take ports meanwhile.
inline constexpr int common_port_tries = 16;

}  // namespace nano::limits
