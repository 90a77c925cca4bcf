// The application that the README shows.

#include <string>

#include "nano/nano.h"

struct JoinRequest {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(JoinRequest, (), (name))

struct JoinReply {
  std::size_t members;
};
BOOST_DESCRIBE_STRUCT(JoinReply, (), (members))

struct Line {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Line, (), (text))

class Room final : public nano::Component {
 public:
  static void routes(nano::Routes<Room>& on) {
    on.add<&Room::join>("Join");  // a request: the value returned is the response
    on.add<&Room::say>("Say");    // a notify
    on.push<Line>("onMessage");   // what it pushes, for clients to know
  }

  nano::Result<JoinReply> join(nano::Session& session, const JoinRequest& in) {
    if (in.name.empty()) return nano::Error{"name_missing", "Please enter a name."};
    members_.add(session);
    return JoinReply{members_.count()};
  }
  void say(const Line& in) { members_.broadcast("onMessage", in); }

 private:
  nano::Group members_;
};

int main(int argc, char** argv) {
  nano::Application app{nano::Options::from_command_line(argc, argv)};
  app.add<Room>();
  app.listen_websocket("0.0.0.0:3250");
  app.serve_files("/", "web");
  return app.run();
}
