// Public header. The bounds of the list of members and of what they say of themselves, each with its reason;
// see nano/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

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

/// Each member tells the master of itself every second and may have a link to each other one. Far fewer
/// machines than that carry a game.
inline constexpr std::size_t members = 4096;

// -- the built-in registry ----------------------------------------------------------------------------------

/// Between two heartbeats of a member of ours: cheap, and some fit into the expiry.
inline constexpr Duration heartbeat_interval = 1s;

/// A member of ours that is silent for this long is gone; also a node of Go Nano that no news reaches for
/// this long. Several heartbeats, so that one that is lost, or a pause of the process, costs nothing.
inline constexpr Duration member_expiry = 5s;

/// A process that was heard within this many heartbeat intervals keeps its address: of two that are given the
/// same one, the first wins. One that restarts waits that long.
inline constexpr int heartbeat_intervals_that_hold_an_address = 2;

/// Between two heartbeats of the newer Go version, fixed there. The older one sends none.
inline constexpr Duration go_heartbeat_interval = 30s;

/// A Go node that has sent heartbeats is gone after this many intervals of silence.
inline constexpr int go_heartbeat_intervals_until_silent = 4;

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

/// A node that stops waits this long for the master to know it.
inline constexpr Duration leave_timeout = 2s;

/// How long members that a restarted master does not name are kept, for masters that don't say how long they
/// wait for silent members, as Go Nano's.
inline constexpr Duration unconfirmed_member_kept = 10s;

}  // namespace nano::cluster::limits
