// Internal header. The gate's own service: says who a session is and which room it is for.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

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

 private:
  std::string gate_name_;
};

/// For a gate's inbound pipeline: refuses what only nodes may call.
nano::Result<void> refuse_inner_routes(nano::Session& session, nano::PipelineMessage& message);

}  // namespace cluster_chat
