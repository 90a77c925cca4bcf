// A node for tests of clusters: master, gate or backend, as its flags say. It prints its client addresses, as
// "tcp 127.0.0.1:3250" and "websocket ws://127.0.0.1:3250/nano", its address in the cluster, as
// "cluster 127.0.0.1:3251", and then "ready".

#include <iostream>
#include <string>

#include "cluster/cluster.h"
#include "nano/nano.h"
#include "tests/cluster/node/test_service.h"

namespace {

void announce(const nano::Application& app, const nano::cluster::Node& node) {
  for (const nano::ListeningAddress& listening : app.addresses()) {
    if (listening.scheme == "ws") {
      std::cout << "websocket ws://" << listening.address << listening.path << "\n";
    } else {
      std::cout << listening.scheme << " " << listening.address << "\n";
    }
  }
  std::cout << "cluster " << node.self().address << "\n";
  std::cout << "ready" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  nano::cluster::NodeOptions cluster;
  std::string service;
  std::vector<nano::ProgramOption> flags = cluster.flags();
  flags.push_back({"--service", "The name of the service that is offered; none: no service", &service});
  nano::Application app{nano::Options::from_command_line(argc, argv, {}, flags)};
  nano::cluster::Node node{app, cluster};
  if (!service.empty()) {
    auto& test = app.add<nano::tests::TestService>({.name = service}, cluster.label);
    app.on_session_closed([&test](nano::Session& session) { test.on_session_closed(session); }).detach();
  }
  app.on_started([&app, &node] { announce(app, node); });
  return app.run();
}
