// Internal header. RemoteServices: the services of other nodes; implemented by cluster/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nano/base/function.h"
#include "nano/session/call.h"

namespace nano {

/// What an application asks of the cluster that it is a node of. Logic thread only.
class RemoteServices {
 public:
  virtual ~RemoteServices() = default;

  /// Once, when the components are ready to serve. `services`: what they offer. `joined` is called when the
  /// others know this node, in a later turn, or never while there is nobody to join. Throws
  /// std::runtime_error with a sentence when the node cannot serve.
  virtual void start(std::vector<std::string> services, Function<void()> joined) = 0;

  /// Takes a message whose route no component here has. False: no other node offers the service. The payload
  /// is valid during the call.
  virtual bool forward(Call& call, protocol::ByteView payload) = 0;

  /// Whether forward() would take a client's message for this route: it need not be unpacked otherwise.
  virtual bool offers(std::string_view route) const = 0;

  // The three steps of stopping, in this order.

  /// Others shall send nothing new here. `left` is called when they know, or when that took too long.
  virtual void leave(Function<void()> left) = 0;
  /// No sessions of other nodes' clients begin here any more.
  virtual void refuse_sessions() = 0;
  /// Ends the links, when what waits to be sent has left. Then closed() is true.
  virtual void close() = 0;
  virtual bool closed() const = 0;
};

}  // namespace nano
