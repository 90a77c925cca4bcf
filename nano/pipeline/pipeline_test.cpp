#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nano/session/group.h"
#include "nano/testing/world.h"

namespace nano {
namespace {

using protocol::MessageType;
using Texts = std::vector<std::string>;

class Shop final : public Component {
 public:
  static void routes(Routes<Shop>& on) {
    on.add<&Shop::echo>("Echo");
    on.add<&Shop::note>("Note");
    on.add<&Shop::push>("Push");
    on.add<&Shop::fail>("Fail");
  }
  std::string echo(const std::string& in) { return in; }
  void note(const std::string& in) { notes.push_back(in); }
  void push(Session& session, const std::string& in) { session.push("onPush", in); }
  Result<std::string> fail() { return Error{"sold_out", "There is nothing left."}; }

  Texts notes;
};

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() : shop_(world_.app().add<Shop>()) {}
  void start() {
    world_.start();
    client_ = world_.connect();
  }
  /// The answer's text, or "code: message".
  std::string ask(std::string_view route, std::string_view payload) {
    const Result<std::string> reply = client_->request<std::string>(route, payload);
    return reply ? *reply : reply.error().code + ": " + reply.error().message;
  }
  Pipeline& inbound() { return world_.app().inbound(); }
  Pipeline& outbound() { return world_.app().outbound(); }

  testing::World world_;
  Shop& shop_;
  std::shared_ptr<testing::Client> client_;
};

// -- inbound -----------------------------------------------------------------------------------------------

TEST_F(PipelineTest, InboundFilterSeesTypeIdRouteAndPayload) {
  Texts seen;
  inbound().push_back([&](Session& session, PipelineMessage& message) -> Result<void> {
    seen.push_back(std::string{to_string(message.type())} + " " + std::to_string(message.id()) + " " +
                   std::string{message.route()} + " " + std::string{protocol::as_text(message.payload())} +
                   " of " + std::to_string(session.id()));
    return {};
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "a");
  client_->notify("Shop.Note", "b");
  EXPECT_EQ(seen, (Texts{"request 1 Shop.Echo a of 1", "notify 0 Shop.Note b of 1"}));
}

TEST_F(PipelineTest, FilterMayAddOthersWhileItRuns) {
  int passed = 0;
  inbound().push_back([&](Session&, PipelineMessage&) -> Result<void> {
    if (passed++ > 0) return {};
    for (int i = 0; i < 100; ++i) {
      inbound().push_front(
          [&](Session&, PipelineMessage&) -> Result<void> { return ++passed, Result<void>{}; });
    }
    return {};
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "a");
  EXPECT_EQ(passed, 1);
  EXPECT_EQ(ask("Shop.Echo", "b"), "b");
  EXPECT_EQ(passed, 102);
}

TEST_F(PipelineTest, InboundFilterMayChangePayloadAndRoute) {
  inbound().push_back([](Session&, PipelineMessage& message) -> Result<void> {
    if (message.route() == "Old.Echo") message.replace_route("Shop.Echo");
    message.replace_payload(std::string{protocol::as_text(message.payload())} + "!");
    return {};
  });
  start();
  EXPECT_EQ(ask("Old.Echo", "a"), "a!");
  client_->notify("Shop.Note", "b");
  EXPECT_EQ(shop_.notes, Texts{"b!"});
}

TEST_F(PipelineTest, FiltersRunInOrderAndTheNextSeesWhatTheOneBeforeMade) {
  const auto append = [](std::string letter) {
    return [letter](Session&, PipelineMessage& message) -> Result<void> {
      message.replace_payload(std::string{protocol::as_text(message.payload())} + letter);
      return {};
    };
  };
  inbound().push_back(append("2"));
  inbound().push_back(append("3"));
  inbound().push_front(append("1"));
  outbound().push_back(append("5"));
  outbound().push_front(append("4"));
  start();
  EXPECT_EQ(ask("Shop.Echo", "0"), "012345");
}

TEST_F(PipelineTest, RefusedRequestIsAnsweredAndRefusedNotifyDropped) {
  int later_filters = 0;
  inbound().push_back([](Session&, PipelineMessage&) -> Result<void> {
    return Error{"muted", "You may not speak."};
  });
  inbound().push_back([&](Session&, PipelineMessage&) -> Result<void> {
    ++later_filters;
    return {};
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "muted: You may not speak.");
  EXPECT_EQ(ask("Shop.Nothing", "a"), "muted: You may not speak.") << "before the route is looked up";
  client_->notify("Shop.Note", "b");
  EXPECT_TRUE(shop_.notes.empty());
  EXPECT_EQ(later_filters, 0);
  EXPECT_TRUE(client_->connected());
  EXPECT_TRUE(world_.log().contains("notify failed route=Shop.Note session=1 code=muted"));
}

TEST_F(PipelineTest, InboundFilterThatThrowsRefusesWithInternal) {
  bool odd = false;
  inbound().push_back([&](Session&, PipelineMessage&) -> Result<void> {
    if (odd) throw 42;
    throw std::runtime_error("filter broke");
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "internal: The server failed to handle the message.");
  EXPECT_TRUE(
      world_.log().contains("error pipeline filter failed session=1 route=Shop.Echo error=\"filter broke\""));
  odd = true;
  EXPECT_EQ(ask("Shop.Echo", "a"), "internal: The server failed to handle the message.");
  EXPECT_TRUE(world_.log().contains("an exception that is no std::exception"));
}

TEST_F(PipelineTest, InboundFilterMayCloseTheSession) {
  inbound().push_back([](Session& session, PipelineMessage&) -> Result<void> {
    session.kick("too fast");
    return Error{Errc::refused, "too fast"};
  });
  start();
  client_->send_request("Shop.Echo", "a");
  world_.settle();
  EXPECT_EQ(client_->close_reason(), "kicked");
  EXPECT_EQ(client_->kick(), R"({"reason":"too fast"})");
}

TEST_F(PipelineTest, InboundFiltersDoNotSeeNotifiesBetweenComponents) {
  inbound().push_back([](Session&, PipelineMessage& message) -> Result<void> {
    message.replace_payload("filtered");
    return {};
  });
  start();
  world_.app().find_session(1)->notify("Shop.Note", "plain");
  world_.settle();
  EXPECT_EQ(shop_.notes, Texts{"plain"});
}

// -- outbound ----------------------------------------------------------------------------------------------

TEST_F(PipelineTest, OutboundFilterSeesPushesWithTheirRouteAndResponsesWithTheirId) {
  Texts seen;
  outbound().push_back([&](Session&, PipelineMessage& message) -> Result<void> {
    seen.push_back(std::string{to_string(message.type())} + " " + std::to_string(message.id()) + " '" +
                   std::string{message.route()} + "' " + std::string{protocol::as_text(message.payload())});
    return {};
  });
  start();
  ask("Shop.Echo", "a");
  client_->notify("Shop.Push", "b");
  EXPECT_EQ(seen, (Texts{"response 1 '' a", "push 0 'onPush' b"}));
}

TEST_F(PipelineTest, OutboundFilterMayChangePayloadAndRoute) {
  outbound().push_back([](Session&, PipelineMessage& message) -> Result<void> {
    if (message.type() == MessageType::push) message.replace_route("onRenamed");
    message.replace_payload("changed");
    return {};
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "changed");
  client_->notify("Shop.Push", "b");
  const auto push = client_->next_push();
  EXPECT_EQ(push->route, "onRenamed");
  EXPECT_EQ(push->payload, "changed");
}

TEST_F(PipelineTest, OutboundFilterThatMakesARouteNoUtf8IsToldWhereItIsPushedAndCostsNobodyElse) {
  outbound().push_back([](Session& session, PipelineMessage& message) -> Result<void> {
    if (session.id() == 1) message.replace_route("on\xff");
    return {};
  });
  start();
  auto other = world_.connect();
  Group group;
  for (const SessionId id : {1u, 2u}) group.add(*world_.app().find_session(id));
  EXPECT_THROW(world_.app().find_session(1)->push("onPush", "x"), std::invalid_argument);
  EXPECT_THROW(group.broadcast("onPush", "x"), std::invalid_argument);
  world_.settle();
  EXPECT_FALSE(client_->next_push());
  EXPECT_EQ(other->next_push()->route, "onPush");
  EXPECT_EQ(ask("Shop.Echo", "a"), "a") << "the route of a response does not travel";
}

TEST_F(PipelineTest, RefusedPushIsDroppedAndRefusedResponseBecomesTheError) {
  outbound().push_back([](Session&, PipelineMessage&) -> Result<void> {
    return Error{"secret", "Not for you."};
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "secret: Not for you.");
  client_->notify("Shop.Push", "b");
  EXPECT_FALSE(client_->next_push());
  EXPECT_TRUE(world_.log().contains("push refused by the pipeline session=1 route=onPush code=secret"));
}

TEST_F(PipelineTest, ErrorResponsesAreNotFiltered) {
  int filtered = 0;
  outbound().push_back([&](Session&, PipelineMessage&) -> Result<void> {
    ++filtered;
    return Error{Errc::refused, ""};
  });
  start();
  EXPECT_EQ(ask("Shop.Fail", ""), "sold_out: There is nothing left.");
  EXPECT_EQ(ask("Shop.Nothing", ""), "unknown_route: There is no route \"Shop.Nothing\".");
  EXPECT_EQ(filtered, 0);
}

TEST_F(PipelineTest, OutboundFilterThatThrowsRefusesWithInternal) {
  outbound().push_back(
      [](Session&, PipelineMessage&) -> Result<void> { throw std::runtime_error("out broke"); });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "internal: The server failed to handle the message.");
  client_->notify("Shop.Push", "b");
  EXPECT_FALSE(client_->next_push());
  EXPECT_TRUE(client_->connected());
}

TEST_F(PipelineTest, OutboundFilterMayCloseTheSessionItSendsTo) {
  outbound().push_back([](Session& session, PipelineMessage&) -> Result<void> {
    session.close();
    return {};
  });
  start();
  client_->send_request("Shop.Echo", "a");
  world_.settle();
  EXPECT_EQ(client_->close_reason(), "closed_by_server");
}

TEST_F(PipelineTest, OutboundFilterMayPushItself) {
  bool pushing = false;
  outbound().push_back([&](Session& session, PipelineMessage&) -> Result<void> {
    if (!std::exchange(pushing, true)) session.push("onAudit", "something else, of another length");
    return {};
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "payload"), "payload") << "not overwritten by the push";
  EXPECT_EQ(client_->next_push()->route, "onAudit");
}

TEST_F(PipelineTest, OutboundFilterThatMakesAResponseTooLongCostsTheAnswerOnly) {
  outbound().push_back([](Session&, PipelineMessage& message) -> Result<void> {
    message.replace_payload(std::string(std::size_t{1} << 24, 'x'));
    return {};
  });
  start();
  EXPECT_EQ(ask("Shop.Echo", "a"), "internal: The server failed to handle the message.");
  EXPECT_TRUE(client_->connected());
}

}  // namespace
}  // namespace nano
