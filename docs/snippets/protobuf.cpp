// Protobuf payloads, and a component that is registered by its description.

#include <memory>

#include "docs/snippets/position.pb.h"
#include "nano/nano.h"

namespace docs::protobuf {

class World final : public nano::Component {
  BOOST_DESCRIBE_CLASS(World, (nano::Component), (Spawn, Move), (), ())

 public:
  game::Position Spawn(nano::Session& session) {
    players_.add(session);
    return {};
  }
  void Move(nano::Session& session, const game::Position& position) {
    session.set("position", position);
    players_.broadcast("onMove", position);
  }

 private:
  nano::Group players_;
};

int run(nano::Options options) {
  options.serializer = std::make_shared<nano::ProtobufSerializer>();
  nano::Application app{std::move(options)};
  app.add<World>();
  app.listen_tcp("0.0.0.0:3251");
  return app.run();
}

}  // namespace docs::protobuf
