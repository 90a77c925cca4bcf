// Internal header. The master's service: counts what the chat nodes tell.
#pragma once

#include <cstdint>

#include "examples/cluster/messages.h"

namespace cluster_chat {

/// Its handlers are called by other nodes, in the names of sessions; gates let no client call them.
class Stats final : public nano::Component {
 public:
  static void routes(nano::Routes<Stats>& on) {
    on.add<&Stats::came>("Came");
    on.add<&Stats::said>("Said");
    on.add<&Stats::totals>("Totals");
  }

  void came(nano::Session& session) { online_.add(session); }
  void said(nano::Session& session) {
    came(session);  // a master that was started again hears of nobody's coming
    ++messages_;
  }
  Totals totals() { return {static_cast<std::int64_t>(online_.count()), messages_}; }

 private:
  nano::Group online_;  // sessions leave it when their clients go, wherever they are connected
  std::int64_t messages_ = 0;
};

}  // namespace cluster_chat
