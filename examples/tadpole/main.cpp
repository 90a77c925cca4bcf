#include <iostream>

#include "examples/tadpole/pond.h"

int main(int argc, char** argv) {
  std::string web = TADPOLE_WEB_FOLDER;
  std::string client = TADPOLE_CLIENT_FOLDER;
  int tick_hz = tadpole::Pond::tick_hz_default;
  nano::Application app{
      nano::Options::from_command_line(argc, argv, {},
                                       {{"--tick-hz", "Ticks of the world in a second, 1 to 120", &tick_hz},
                                        {"--web", "Folder of the pond's page", &web},
                                        {"--client", "Folder of the built client-js", &client}})};
  app.add<tadpole::Pond>(app.random(), tick_hz);
  app.compress_routes();
  app.listen_websocket("0.0.0.0:3260");
  app.serve_files("/", web);
  app.serve_files("/nano-client", client);
  app.on_started([&] {
    for (const nano::ListeningAddress& listening : app.addresses()) std::cout << listening.url() << std::endl;
  });
  return app.run();
}
