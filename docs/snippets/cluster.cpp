// One program for every node of a cluster, and what a gate may decide, as docs/cluster.md shows it.

#include "cluster/cluster.h"

#include "docs/snippets/rooms.h"

using nano::cluster::Member;
using nano::cluster::Routing;

struct Notice {
  std::string service;
};
BOOST_DESCRIBE_STRUCT(Notice, (), (service))

void choose_routes(nano::cluster::Node& node) {
  node.set_routing("Mail", Routing::by_uid());
  node.set_routing("Room", Routing::by([](nano::Session&, std::string_view, const auto& candidates) {
                     for (const Member* member : candidates) {
                       if (member->label == "eu-west") return member;
                     }
                     return candidates.front();
                   }));
}

void tell_clients(nano::cluster::Node& node) {
  const auto tell = [](nano::Session& session, std::string_view service) {
    session.push("onServiceLost", Notice{std::string{service}});
  };
  node.on_service_lost(tell).detach();
}

void guard_inner_services(nano::Application& app) {
  app.inbound().push_back([](nano::Session&, nano::PipelineMessage& message) -> nano::Result<void> {
    if (!message.route().starts_with("Stats.")) return {};
    return nano::Error{"forbidden", "This service is not for clients."};
  });
}

void reach_user(nano::cluster::Node& node, std::int64_t uid) {
  node.push_to_user(uid, "onLine", Line{"You have won a prize."});
  node.kick_user(uid, "Somebody else has logged in under your name.");
}

int main(int argc, char** argv) {
  std::string role = "all";
  nano::cluster::NodeOptions cluster;
  std::vector<nano::ProgramOption> flags = cluster.flags();
  flags.push_back({"--role", "gate, rooms, or all (one process)", &role});

  nano::Application app{nano::Options::from_command_line(argc, argv, {}, flags)};
  nano::cluster::Node node{app, cluster};
  if (role != "gate") app.add<Room>();
  if (role != "rooms") {
    app.add<Lobby>();
    app.listen_websocket("0.0.0.0:3250");
  }
  return app.run();
}
