// Internal header. The gate's own service: says who a session is and which room it is for.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "cluster/cluster.h"
#include "examples/cluster/messages.h"

namespace cluster_chat {

/// Everything else that a session may want is another node's business.
class Gate final : public nano::Component {
 public:
  static constexpr std::size_t name_characters_max = 24;

  explicit Gate(std::string gate_name) : gate_name_(std::move(gate_name)) {}

  static void routes(nano::Routes<Gate>& on) {
    on.add<&Gate::login>("Login");
    on.push<ServiceLost>("onServiceLost");
  }

  nano::Result<LoginReply> login(nano::Session& session, const LoginRequest& request);

  /// Closes the sessions in rooms that the newcomer, a chat node, serves from now on: their pages come back
  /// by themselves, and this gate chooses anew for them. Each gate does so when it hears of the newcomer.
  void move_rooms(const nano::cluster::Member& newcomer);

 private:
  std::string gate_name_;
  nano::Group logged_in_;
};

/// For a gate's inbound pipeline: refuses what only nodes may call.
nano::Result<void> refuse_inner_routes(nano::Session& session, nano::PipelineMessage& message);

}  // namespace cluster_chat
