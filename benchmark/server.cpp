// The server that the benchmarks measure.

#include <iostream>
#include <string>
#include <string_view>

#include "nano/nano.h"

namespace {

class Bench final : public nano::Component {
 public:
  static void routes(nano::Routes<Bench>& on) { on.add<&Bench::echo>("Echo"); }

  std::string echo(std::string_view payload) { return std::string{payload}; }
};

}  // namespace

int main(int argc, char** argv) {
  nano::Application app{nano::Options::from_command_line(argc, argv)};
  app.add<Bench>();
  app.listen_tcp("127.0.0.1:0");
  app.listen_websocket("127.0.0.1:0");
  app.on_started([&] {
    for (const nano::ListeningAddress& listening : app.addresses()) {
      std::cout << listening.scheme << " " << listening.address << std::endl;
    }
  });
  return app.run();
}
