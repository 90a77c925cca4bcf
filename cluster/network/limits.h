// Public header. Every bound of what nodes hold for each other and wait for, each with its reason; see
// nano/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "nano/base/clock.h"

namespace nano::cluster::limits {

using namespace std::chrono_literals;

// -- what a member says of itself ---------------------------------------------------------------------------

/// "host:port"; DNS allows no longer names.
inline constexpr std::size_t address_bytes = 255;

/// Free text that all members keep, for routing functions: a few words, not a document.
inline constexpr std::size_t label_bytes = 1024;

/// Each is a component of the application; Go Nano's largest applications have some dozens.
inline constexpr std::size_t services_per_member = 1024;

/// A service begins a route, which has 255 bytes on the wire.
inline constexpr std::size_t service_name_bytes = 255;

/// Upper half of the ids of a gate's sessions, which stay positive in Go Nano's int64.
inline constexpr std::uint32_t gate_number_max = 0x7fffffff;

/// Each member tells the master of itself every second and may have a link to each other one. Far fewer
/// machines than that carry a game.
inline constexpr std::size_t members = 4096;

// -- what operators may choose ------------------------------------------------------------------------------

/// Between attempts to reach the registry: soon enough for a cluster that starts, and no burden.
inline constexpr Duration register_interval = 3s;

/// A client's request that another node leaves unanswered. Longer than handlers take, shorter than people
/// wait.
inline constexpr Duration request_timeout = 30s;

/// What either may be: shorter is a loop, longer a mistake.
inline constexpr Duration option_time_least = 10ms;
inline constexpr Duration option_time_most = 1h;

// -- the built-in registry ----------------------------------------------------------------------------------

/// Between two heartbeats of a member of ours: cheap, and some fit into the expiry.
inline constexpr Duration heartbeat_interval = 1s;

/// A member of ours that is silent for this long is gone; also a node of Go Nano that cannot be called for
/// this long. Several heartbeats, so that one that is lost, or a pause of the process, costs nothing.
inline constexpr Duration member_expiry = 5s;

/// A process that was heard within this many heartbeat intervals keeps its address: of two that are given the
/// same one, the first wins. One that restarts waits that long.
inline constexpr int heartbeat_intervals_that_hold_an_address = 2;

/// Go nodes don't register again: one that could not be called and was taken off the list is sought for this
/// long, at one small call each heartbeat interval. Longer than a machine takes to start, or a cable to be
/// found; later its address may be another's.
inline constexpr Duration go_member_sought = 10min;

/// A Go node reads the answer to its registration in this time. Of what is told it before, it would make one
/// member too many.
inline constexpr Duration go_answer_time = 250ms;

/// A member that sends heartbeats, but that no news reaches for this long, is taken off the list. It comes
/// again, so this is also how often the others see it go and come.
inline constexpr Duration unreachable_member_kept = 60s;

/// News are small: a member that does not answer by then is taken for unreachable.
inline constexpr Duration news_timeout = 3s;
inline constexpr Duration news_retry_delay = 1s;

/// Changes that some member was not told of yet, and members. Who takes news so slowly that more assemble is
/// taken off the list, and learns all at once when it comes again.
inline constexpr std::size_t changes_kept = 4 * members;

/// News that a node keeps until its registration is answered; the master sends them one by one.
inline constexpr std::size_t news_kept_while_registering = members;

/// From a node's call to the master's answer, which needs no work.
inline constexpr Duration master_call_timeout = 3s;

/// A master of Go Nano answers these when it has told all its members, which may be held up. To be asked once
/// more meanwhile can end it, or ends members of it later (its lists are not guarded, 0.5.0).
inline constexpr Duration register_timeout = 10s;
inline constexpr Duration stale_unregister_timeout = 60s;

/// Who registers with a master of Go Nano at the same instant as this node is on its list after this time;
/// and nodes that start together look for each other at different moments within the second one.
inline constexpr Duration go_registration_time = 2s;
inline constexpr Duration go_registration_spread = 4s;

/// A member that the master took off its list, and that was calling this node just then, is heard this late
/// at the most.
inline constexpr Duration gone_member_remembered = 2 * master_call_timeout;

/// A node that stops waits this long for the registry to know it.
inline constexpr Duration leave_timeout = 2s;

/// How long members that a restarted master does not name are kept, for masters that don't say how long they
/// wait for silent members, as Go Nano's. Those with a living link are kept for as long again.
inline constexpr Duration unconfirmed_member_kept = 10s;

// -- links --------------------------------------------------------------------------------------------------

/// Bytes that wait for one other node, sent or not, until it acknowledges them. Beyond that new requests are
/// answered `unavailable`, and notifies dropped. Some tenths of a second of all that a node can send.
inline constexpr std::size_t link_queue_bytes = std::size_t{32} << 20;

/// The same with pushes and answers, which are worth more, as they are what the node was asked for. What does
/// not fit fails alone. Four of the largest messages there are.
inline constexpr std::size_t link_queue_bytes_max = 2 * link_queue_bytes;

/// What cannot fail is small: that a session has closed or is bound, that an answer did not fit. When so much
/// of that waits, too, the conversation is given up: a million sessions that close at once stay below it.
inline constexpr std::size_t link_queue_bytes_given_up = 4 * link_queue_bytes;

/// Bytes on their way that are not acknowledged; the others wait here, not in gRPC.
inline constexpr std::size_t link_window_bytes = std::size_t{4} << 20;

/// A batch is sent before its turn ends when it holds this much.
inline constexpr std::size_t link_batch_bytes = std::size_t{256} << 10;

/// A batch that is larger, for one large message, travels in pieces of this size to nodes that take them: so
/// the other node hears something all the time on a slow line, too. A piece takes half a second at 8 Mbit/s.
inline constexpr std::size_t link_piece_bytes = std::size_t{512} << 10;

/// A batch that was put together from its pieces: one that was about to be full, and the largest message.
/// protobuf and gRPC could take more.
inline constexpr std::size_t link_whole_bytes = std::size_t{64} << 20;

/// A message that is the same for many receivers takes one more, 8 bytes each, while its batch holds no more
/// than this: three million receivers, and it stays below link_whole_bytes.
inline constexpr std::size_t link_receivers_bytes = std::size_t{32} << 20;

/// Memory that an empty batch keeps for the next one; looked at with each heartbeat.
inline constexpr std::size_t link_batch_kept_bytes = std::size_t{1} << 20;

/// Bytes received that are acknowledged at once; less waits for something to send along with.
inline constexpr std::size_t link_acknowledge_bytes = std::size_t{256} << 10;

/// Streams that other nodes opened and that run no conversation yet; with one more, the oldest is closed. A
/// Hello follows at once, so it hits those who never say it.
inline constexpr std::size_t link_strangers = 64;

/// Nodes that one node serves. Far fewer machines than that carry a game.
inline constexpr std::size_t link_conversations = 4096;

/// Both ends say something this often, lest the other takes them for gone.
inline constexpr Duration link_heartbeat = 1s;

/// An end that says nothing for this long cannot be reached, whatever TCP thinks. Three heartbeats.
inline constexpr Duration link_silence = 3s;

/// For a stream to be accepted.
inline constexpr Duration link_connect_timeout = 2s;

/// Between attempts to connect: the first pause, and the longest. A stream that lasted for longer than the
/// longest is opened again at once.
inline constexpr Duration link_retry_least = 50ms;
inline constexpr Duration link_retry_most = 2s;

/// How long both ends remember a conversation whose stream broke. Longer than a network takes to find another
/// way; shorter than players wait.
inline constexpr Duration link_memory = 15s;

// -- requests to other nodes --------------------------------------------------------------------------------

/// A session that has closed: its requests are given up after this, all at once for those that close
/// together; and what waits for a node of Go Nano to take it, after once or twice this.
inline constexpr Duration closed_session_requests_kept = 100ms;

/// Between two looks for calls whose coroutine waits no more; until then each costs some hundred bytes.
inline constexpr Duration abandoned_requests_interval = 1s;

// -- etcd ---------------------------------------------------------------------------------------------------

/// Its servers write to disk and agree before they answer, which takes tens of milliseconds.
inline constexpr Duration etcd_call_timeout = 3s;

/// A node that etcd has not heard of for this long is gone; as with the built-in registry.
inline constexpr Duration etcd_lease_ttl = member_expiry;

/// Between attempts to do something there.
inline constexpr Duration etcd_retry_interval = 500ms;

/// A node that leaves waits this long for the news of it to reach the others.
inline constexpr Duration leave_grace = 100ms;

// -- routing ------------------------------------------------------------------------------------------------

/// Names of services that were ever offered, kept to tell a route that nobody has from a service that is
/// gone.
inline constexpr std::size_t known_services = 4096;

// -- gRPC ---------------------------------------------------------------------------------------------------

/// One message between nodes: a link's batch has a few MiB, and a message of a client's up to 16 MiB.
inline constexpr int grpc_message_bytes = 64 << 20;

/// What came over a stream and the logic thread has not taken yet; beyond that the stream is not read.
inline constexpr std::int64_t grpc_untaken_bytes = std::int64_t{4} << 20;

/// What such a message costs beside its bytes.
inline constexpr std::int64_t grpc_message_overhead_bytes = 128;

/// Up to here one copy of a message is cheaper than the holder of a string.
inline constexpr std::size_t grpc_copied_bytes = 512;

/// A connection in use over which nothing comes for this long is asked whether it lives, and given up when it
/// does not answer in time. Links notice sooner, by their heartbeats; unary calls do not.
inline constexpr Duration grpc_keepalive = 5s;
inline constexpr Duration grpc_keepalive_timeout = 3s;

/// Between two attempts to connect: quick at first, so that a restart costs little.
inline constexpr Duration grpc_reconnect_first = 100ms;
inline constexpr Duration grpc_reconnect_longest = 2s;

/// One attempt to connect.
inline constexpr Duration grpc_connect_timeout = 2s;

/// Between two questions for a name's addresses.
inline constexpr Duration grpc_resolve_interval = 1s;

/// Clients of other makes may ask as often whether a node lives; strikes are not counted anyway.
inline constexpr Duration grpc_ping_interval_least = 1s;

/// How long clients have for taking their last answers when the server stops.
inline constexpr Duration grpc_stop_timeout = 1s;

/// Etcd closes connections that are asked more often whether they live.
inline constexpr Duration etcd_keepalive = 10s;

// -- nodes of Go Nano ---------------------------------------------------------------------------------------

/// Gates of Go Nano that one node serves; each has a connection.
inline constexpr std::size_t go_gates = 1024;

/// Between two questions whether a gate of Go Nano is there, and how long it may be gone: then its sessions
/// end. As long as for a link that broke.
inline constexpr Duration go_gate_probe_interval = 1s;
inline constexpr Duration go_gate_silence = link_memory;

/// What a push or an answer to a gate of Go Nano may have: its gRPC takes 4 MiB, the route and the rest
/// included.
inline constexpr std::size_t go_message_bytes = (std::size_t{4} << 20) - 1024;

/// One unary call. Its answer says only that it was taken, so it is quick.
inline constexpr Duration unary_call_timeout = 5s;

/// Between two questions whether a node is still there, while answers of it are awaited: unary calls don't
/// tell when the other process dies.
inline constexpr Duration unary_probe_interval = 500ms;

/// A backend of Go Nano that has let so much time go by without a word, while it was asked, cannot be
/// reached. As long as one call has.
inline constexpr Duration go_backend_silence = unary_call_timeout;

/// How long a session that this node closed is remembered when its gate of Go Nano has heard of that: a
/// message of it that was overtaken comes within the time of a call.
inline constexpr Duration go_closed_session_remembered = unary_call_timeout;

}  // namespace nano::cluster::limits
