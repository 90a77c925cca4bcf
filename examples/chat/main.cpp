#include <iostream>

#include "examples/chat/room.h"

int main(int argc, char** argv) {
  std::string web = CHAT_WEB_FOLDER;
  std::string client = CHAT_CLIENT_FOLDER;
  nano::Application app{
      nano::Options::from_command_line(argc, argv, {},
                                       {{"--web", "Folder of the chat's page", &web},
                                        {"--client", "Folder of the built client-js", &client}})};
  app.add<chat::Room>();
  app.compress_routes();
  app.listen_websocket("0.0.0.0:3250");
  app.serve_files("/", web);
  app.serve_files("/nano-client", client);
  app.on_started([&] {
    for (const nano::ListeningAddress& listening : app.addresses()) std::cout << listening.url() << std::endl;
  });
  return app.run();
}
