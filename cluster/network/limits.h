// Public header. The bounds of what nodes hold for each other, each with its reason; see nano/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

#include "nano/base/clock.h"

namespace nano::cluster::limits {

using namespace std::chrono_literals;

// -- links --------------------------------------------------------------------------------------------------

/// Bytes that wait for one other node, sent or not, until it acknowledges them. Beyond that new requests are
/// answered `unavailable`, and notifies dropped; at twice this much the link is given up. Some tenths of a
/// second of all that a node can send.
inline constexpr std::size_t link_queue_bytes = std::size_t{32} << 20;

/// Bytes on their way that are not acknowledged; the others wait here, not in gRPC.
inline constexpr std::size_t link_window_bytes = std::size_t{4} << 20;

/// A batch is sent before its turn ends when it holds this much.
inline constexpr std::size_t link_batch_bytes = std::size_t{256} << 10;

/// Bytes received that are acknowledged at once; less waits for something to send along with.
inline constexpr std::size_t link_acknowledge_bytes = std::size_t{256} << 10;

/// Streams that other nodes opened and that run no conversation yet; with one more, the oldest is closed. A
/// Hello follows at once, so it hits those who never say it.
inline constexpr std::size_t link_strangers = 64;

/// Nodes that one node serves. Far fewer machines than that carry a game.
inline constexpr std::size_t link_conversations = 4096;

/// "host:port"; DNS allows no longer names.
inline constexpr std::size_t link_address_bytes = 255;

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

// -- routing ------------------------------------------------------------------------------------------------

/// Names of services that were ever offered, kept to tell a route that nobody has from a service that is
/// gone.
inline constexpr std::size_t known_services = 4096;

// -- nodes of Go Nano ---------------------------------------------------------------------------------------

/// Gates of Go Nano that one node serves; each has a connection.
inline constexpr std::size_t go_gates = 1024;

/// One unary call. Its answer says only that it was taken, so it is quick.
inline constexpr Duration unary_call_timeout = 5s;

/// Between two questions whether a node is still there, while answers of it are awaited: unary calls don't
/// tell when the other process dies.
inline constexpr Duration unary_probe_interval = 500ms;

}  // namespace nano::cluster::limits
