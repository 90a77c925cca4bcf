#include <iostream>
#include <set>
#include <sstream>

#include "cluster/cluster.h"
#include "examples/cluster/gate.h"
#include "examples/cluster/nodes_page.h"
#include "examples/cluster/places.h"
#include "examples/cluster/room.h"
#include "examples/cluster/stats.h"

namespace {

/// What the operator decides, beside Nano's own flags.
struct Flags {
  std::string role = "all";
  std::string gates;
  std::string web = CLUSTER_WEB_FOLDER;
  std::string client = CLUSTER_CLIENT_FOLDER;

  std::vector<nano::ProgramOption> list(nano::cluster::NodeOptions& cluster) {
    std::vector<nano::ProgramOption> all = cluster.flags();
    all.push_back({"--role", "master, gate, chat, or all (one process)", &role});
    all.push_back(
        {"--gates", "Other gates for pages, comma-separated: http://host:port, or :port here", &gates});
    all.push_back({"--web", "Folder of the chat's page", &web});
    all.push_back({"--client", "Folder of the built client-js", &client});
    return all;
  }
  bool plays(std::string_view part) const { return role == part || role == "all"; }
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream stream{list};
  for (std::string item; std::getline(stream, item, ',');) items.push_back(item);
  return items;
}

/// A sentence that says what to change, or nothing.
std::string problem(const Flags& flags, const nano::cluster::NodeOptions& cluster) {
  if (!std::set<std::string>{"all", "master", "gate", "chat"}.contains(flags.role)) {
    return "--role is master, gate, chat or all, not " + flags.role + ".";
  }
  if (flags.role != "all" && cluster.standalone()) {
    return "--role " + flags.role +
           " is a part of a cluster: name this node's address with --cluster-address.";
  }
  if (flags.role == "all" && !cluster.standalone()) {
    return "--role is missing: a node of a cluster is its master, a gate or a chat node.";
  }
  if (!cluster.standalone() && cluster.label.empty()) {
    return "--cluster-label is missing: pages show nodes by it, and rooms are found by it.";
  }
  return "";
}

void add_gate(nano::Application& app, nano::cluster::Node& node, const Flags& flags,
              const std::vector<std::string>& gates, const std::string& name) {
  cluster_chat::Gate& gate = app.add<cluster_chat::Gate>(name);
  const auto move_rooms = [&gate](const nano::cluster::Member& member, bool present) {
    if (present && member.offers("Room")) gate.move_rooms(member);
  };
  node.on_member(move_rooms).detach();
  app.inbound().push_back(cluster_chat::refuse_inner_routes);
  node.set_routing("Room", nano::cluster::Routing::by(cluster_chat::route_by_room));
  const auto tell_client = [](nano::Session& session, std::string_view service) {
    if (service == "Room") cluster_chat::forget_place(session);
    session.push("onServiceLost", cluster_chat::ServiceLost{std::string{service}});
  };
  node.on_service_lost(tell_client).detach();
  app.listen_websocket("0.0.0.0:3250");
  app.serve_files("/", flags.web);
  app.serve_files("/nano-client", flags.client);
  app.handle_http("/nodes", [&app, &node, &gates](nano::HttpRequest /*request*/) {
    return cluster_chat::nodes_page(app, node, gates);
  });
}

int run(nano::Application& app, const nano::cluster::NodeOptions& cluster, const Flags& flags) {
  const std::string name = cluster.standalone() ? "alone" : cluster.label;
  const std::vector<std::string> gates = split(flags.gates);
  nano::cluster::Node node{app, cluster};
  if (flags.plays("master")) app.add<cluster_chat::Stats>();
  if (flags.plays("chat")) app.add<cluster_chat::Room>(name);
  if (flags.plays("gate")) add_gate(app, node, flags, gates, name);
  app.on_started([&] {
    const bool is_open = !app.addresses().empty();
    std::cout << name << ": " << (is_open ? app.addresses().front().url() : node.self().address) << std::endl;
  });
  return app.run();
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  nano::cluster::NodeOptions cluster;
  nano::Application app{nano::Options::from_command_line(argc, argv, {}, flags.list(cluster))};
  if (flags.role == "master") cluster.master = cluster.registry.empty();
  const std::string sentence = problem(flags, cluster);
  if (!sentence.empty()) app.refuse(sentence);
  return run(app, cluster, flags);
}
