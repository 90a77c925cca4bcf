// The node of a cluster that the benchmarks measure: master, gate or backend, as its flags say.

#include <iostream>
#include <string>
#include <string_view>

#include "cluster/cluster.h"
#include "nano/nano.h"

namespace {

class Bench final : public nano::Component {
 public:
  static void routes(nano::Routes<Bench>& on) { on.add<&Bench::echo>("Echo"); }

  std::string echo(std::string_view payload) { return std::string{payload}; }
};

}  // namespace

int main(int argc, char** argv) {
  nano::cluster::NodeOptions cluster;
  std::string service;
  std::vector<nano::ProgramOption> flags = cluster.flags();
  flags.push_back({"--service", "The name of the service that is offered; none: no service", &service});
  nano::Application app{nano::Options::from_command_line(argc, argv, {}, flags)};
  nano::cluster::Node node{app, cluster};
  if (!service.empty()) app.add<Bench>({.name = service});
  app.on_started([&] {
    for (const nano::ListeningAddress& listening : app.addresses()) {
      std::cout << listening.scheme << " " << listening.address << "\n";
    }
    std::cout << "cluster " << node.self().address << "\n";
    std::cout << "ready" << std::endl;
  });
  return app.run();
}
