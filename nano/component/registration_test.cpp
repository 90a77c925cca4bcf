#include <stdexcept>
#include <vector>

#include "nano/component/handler_test_fixture.h"
#include "nano/serialize/testdata/ping.pb.h"

namespace nano {
namespace game {

/// Registered through its description, as Go Nano does by reflection.
class Lobby final : public Component {
 public:
  BOOST_DESCRIBE_CLASS(Lobby, (Component), (Join, Later, Leave, Ask, members, reset, helper), (), ())

  Reply Join(Session&, const Question& in) { return {"joined " + in.text}; }
  Task<Reply> Later(Question in) {
    co_await sleep(seconds{1});
    co_return Reply{in.text};
  }
  void Leave(Session& session) { left = session.id(); }
  void Ask(Responder<Reply> responder) { responder.respond(Reply{"asked"}); }
  int members() const { return 3; }  // no handler: takes nothing
  void reset(int*) {}                // nor this: a pointer is no payload
  static void helper(Session&) {}    // nor this: not of an object

  SessionId left = 0;
};

/// Handlers of a base class can be registered by a component that derives from it.
class Base {
 public:
  Reply inherited(const Question& in) { return {tag + in.text}; }
  std::string tag = "base ";
};
class Derived final : public Component, public Base {
 public:
  static void routes(Routes<Derived>& on) {
    on.add<&Derived::inherited>("Inherited").add<&Derived::own>("Own");
  }
  Reply own(const Question& in) { return {"own " + in.text}; }
};

class Plain final : public Component {
 public:
  explicit Plain(std::string name = "plain") : name_(std::move(name)) {}
  static void routes(Routes<Plain>& on) { on.add<&Plain::name>("Name"); }
  std::string name(const std::string&) { return name_; }

 private:
  std::string name_;
};

class Twice final : public Component {
 public:
  static void routes(Routes<Twice>& on) { on.add<&Twice::first>("First").add<&Twice::second>("First"); }
  void first(Session&) {}
  void second(Session&) {}
};

class Nameless final : public Component {
 public:
  static void routes(Routes<Nameless>& on) { on.add<&Nameless::handler>(""); }
  void handler(Session&) {}
};

class PushesNothing final : public Component {
 public:
  static void routes(Routes<PushesNothing>& on) { on.push<std::string>(""); }
};

/// Takes JSON, which an application with another serializer cannot read.
class Json final : public Component {
 public:
  static void routes(Routes<Json>& on) { on.add<&Json::ask>("Ask"); }
  Reply ask(const std::string&) { return {}; }
};

}  // namespace game

namespace {

/// What the call throws.
template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
    return "nothing thrown";
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
}

std::string ask(testing::Client& client, std::string_view route,
                std::string_view payload = R"({"text":"x","count":0})") {
  const Result<std::string> reply = client.request<std::string>(route, payload);
  return reply ? *reply : reply.error().code;
}

TEST(Registration, DescribedMethodsOfHandlerShapeAreRoutes) {
  testing::World world;
  auto& lobby = world.app().add<game::Lobby>();
  world.start();
  auto client = world.connect();
  EXPECT_EQ(ask(*client, "Lobby.Join"), R"({"text":"joined x"})");
  EXPECT_EQ(ask(*client, "Lobby.Leave"), "{}");
  EXPECT_EQ(lobby.left, 1u);
  EXPECT_EQ(ask(*client, "Lobby.Ask"), R"({"text":"asked"})");
  const std::uint64_t id = client->send_request("Lobby.Later", Question{"later", 0});
  world.advance(seconds{1});
  EXPECT_EQ(client->take_reply<Reply>(id)->text, "later");
  for (const std::string_view route : {"Lobby.members", "Lobby.reset", "Lobby.helper", "Lobby.init"}) {
    EXPECT_EQ(ask(*client, route), "unknown_route") << route;
  }
}

TEST(Registration, RoutesMayNameInheritedMethods) {
  testing::World world;
  world.app().add<game::Derived>();
  world.start();
  auto client = world.connect();
  EXPECT_EQ(ask(*client, "Derived.Inherited"), R"({"text":"base x"})");
  EXPECT_EQ(ask(*client, "Derived.Own"), R"({"text":"own x"})");
}

TEST(Registration, ComponentNameAndHandlerNamesAreOptions) {
  testing::World world;
  const auto lower = [](std::string_view name) {
    return std::string{static_cast<char>(name[0] | 0x20)} + std::string{name.substr(1)};
  };
  world.app().add<game::Plain>();
  world.app().add<game::Plain>({.name = "Other.Nested"}, "nested");
  world.app().add<game::Plain>({.name = "low", .handler_name = lower}, "lower");
  world.start();
  auto client = world.connect();
  EXPECT_EQ(ask(*client, "Plain.Name"), "plain");
  EXPECT_EQ(ask(*client, "Other.Nested.Name"), "nested");
  EXPECT_EQ(ask(*client, "low.name"), "lower");
  EXPECT_EQ(ask(*client, "low.Name"), "unknown_route");
}

TEST(Registration, RefusesARouteThatIsTakenAndKeepsTheFirst) {
  testing::World world;
  world.app().add<game::Plain>();
  const std::string taken =
      "is registered twice: give one of the two components another name (nano::ComponentOptions::name) or "
      "rename "
      "the handler.";
  EXPECT_EQ(refusal([&] { world.app().add<game::Plain>(); }), "The route \"Plain.Name\" " + taken);
  EXPECT_EQ(refusal([&] { world.app().add<game::Twice>(); }), "The route \"Twice.First\" " + taken);
  const auto constant = [](std::string_view) { return std::string{"Same"}; };
  EXPECT_EQ(refusal([&] { world.app().add<game::Lobby>({.name = "", .handler_name = constant}); }),
            "The route \"Lobby.Same\" " + taken);
  world.start();
  auto client = world.connect();
  EXPECT_EQ(ask(*client, "Plain.Name"), "plain");
  EXPECT_EQ(ask(*client, "Twice.First"), "unknown_route") << "nothing of the refused component is left";
  EXPECT_EQ(ask(*client, "Lobby.Same"), "unknown_route");
}

TEST(Registration, RefusesRoutesThatAreNotPossible) {
  testing::World world;
  EXPECT_EQ(
      refusal([&] { world.app().add<game::Nameless>(); }),
      "The route \"Nameless.\" of component Nameless is not possible: a handler's name and a route have at "
      "least one character and at most 255 bytes of UTF-8, without control characters. Change the name.");
  EXPECT_TRUE(refusal([&] {
                world.app().add<game::Plain>({.name = "two\nlines"});
              }).starts_with("The route \"two\nlines.Name\" of component"));
  EXPECT_EQ(
      refusal([&] { world.app().add<game::PushesNothing>(); }),
      "The push route \"\" of component PushesNothing is not possible: it has at least one character and "
      "at most 255 bytes of UTF-8, without control characters. Change the name.");
  const std::string longest(250, 'n');
  world.app().add<game::Plain>({.name = longest});
  EXPECT_TRUE(
      refusal([&] { world.app().add<game::Plain>({.name = longest + "n"}); }).starts_with("The route \"nnn"));
  world.start();
  auto client = world.connect();
  EXPECT_EQ(ask(*client, longest + ".Name"), "plain");
}

TEST(Registration, PayloadThatTheSerializerCannotCarryIsAnErrorAtTheStart) {
  Options options;
  options.serializer = std::make_shared<ProtobufSerializer>();
  testing::World world{1, options};
  world.app().add<game::Json>();
  EXPECT_EQ(refusal([&] { world.start(); }),
            "The handler of \"Json.Ask\" cannot be served: The serializer \"protobuf\" does not support the "
            "payload "
            "type nano::Reply: choose another serializer, or another type, such as raw bytes.");
}

TEST(Registration, HandCodedRoutesAreCheckedAtOnce) {
  testing::World world;
  EXPECT_NE(refusal([&] { world.app().set_route_codes({{"a", 1}, {"b", 1}}); }), "nothing thrown");
  EXPECT_NE(refusal([&] { world.app().set_route_codes({{"", 1}}); }), "nothing thrown");
}

}  // namespace
}  // namespace nano
