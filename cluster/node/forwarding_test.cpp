#include "cluster/node/forwarding.h"

#include "cluster/node/lost_services.h"
#include "cluster/node/node_parts_test_fixture.h"

namespace nano::cluster {
namespace {

/// Notes the answer.
class Asker final : public Caller {
 public:
  void answered(protocol::ByteView payload) override { answer = std::string{protocol::as_text(payload)}; }
  void failed(const Error& error) override { answer = "error: " + error.code; }
  bool waits() const override { return true; }

  std::string answer = "none yet";
};

class ForwardingTest : public NodePartsTestFixture {
 protected:
  bool notify(Session* session, std::string_view route) { return forward(session, route, nullptr); }
  bool request(Session* session, std::string_view route) { return forward(session, route, asker_); }
  bool forward(Session* session, std::string_view route, std::shared_ptr<Caller> caller) {
    Call call{host(), session, route, std::move(caller)};
    const bool taken = forwarding_.forward(call, protocol::as_bytes("x"));
    if (!taken) call.fail({Errc::unknown_route, ""});
    return taken;
  }

  const Member self_{.address = "self:1", .services = {"Here"}};
  std::shared_ptr<Asker> asker_ = std::make_shared<Asker>();
  Forwarding forwarding_{host(), self_, router_, backends_, pending_};
};

TEST_F(ForwardingTest, AMessageGoesToAMemberThatOffersItsService) {
  add("a", {"Chat"});
  add("b", {"Room"});
  Session& guest = own_session();
  EXPECT_TRUE(notify(&guest, "Room.Say"));
  EXPECT_TRUE(request(&guest, "Chat.Join"));
  EXPECT_EQ(take(), (Heard{"b: notify of 1 Room.Say x", "a: request of 1 Chat.Join x"}));
  EXPECT_EQ(pending_.size(), 1u);
  pending_.settle(backends_.find("a:1"), 1, "welcome", false);
  EXPECT_EQ(asker_->answer, "welcome");
}

TEST_F(ForwardingTest, WhatNobodyElseOffersIsNotTaken) {
  add("a", {"Chat", "Here"});
  Session& guest = own_session();
  EXPECT_FALSE(request(&guest, "Bank.Pay"));
  EXPECT_EQ(asker_->answer, "error: unknown_route");
  EXPECT_FALSE(notify(&guest, "Here.Missing")) << "this node offers the service, without that handler";
  EXPECT_FALSE(notify(&guest, "NoService"));
  EXPECT_EQ(take(), Heard{});
  EXPECT_TRUE(forwarding_.offers("Chat.Join"));
  EXPECT_FALSE(forwarding_.offers("Bank.Pay"));
  EXPECT_FALSE(forwarding_.offers("Here.Missing"));
}

TEST_F(ForwardingTest, AServiceThatOnceWasThereIsUnavailableAndNotUnknown) {
  add("a", {"Chat"});
  router_.remove("a:1");
  backends_.retire("a:1");
  EXPECT_TRUE(request(&own_session(), "Chat.Join"));
  EXPECT_EQ(asker_->answer, "error: unavailable");
  EXPECT_TRUE(forwarding_.offers("Chat.Join"));
}

TEST_F(ForwardingTest, ACallInNobodysNameGoesToAnyMember) {
  add("a", {"Chat"});
  EXPECT_TRUE(notify(nullptr, "Chat.Clear"));
  EXPECT_EQ(take(), Heard{"a: notify of nobody Chat.Clear x"});
}

TEST_F(ForwardingTest, TheGateOfARemoteSessionRoutesItsMessages) {
  add("a", {"Chat"});
  EXPECT_TRUE(notify(&remote_session(), "Chat.Say"));
  EXPECT_EQ(take(), Heard{"gate: invoke Chat.Say"});
  gate_.takes_part = false;  // one of Go Nano
  EXPECT_TRUE(notify(&remote_session(), "Chat.Say"));
  EXPECT_EQ(take(), Heard{"a: notify of 30064771074 Chat.Say x"});
  end_remote_sessions();
}

TEST_F(ForwardingTest, AMemberThatCannotTakeMoreGetsNothing) {
  RecordedBackend& a = add("a", {"Chat"});
  a.is_usable = false;
  EXPECT_TRUE(request(&own_session(), "Chat.Join"));
  EXPECT_EQ(asker_->answer, "error: unavailable");
  EXPECT_TRUE(notify(&own_session(), "Chat.Say")) << "notifies wait for it";
  EXPECT_EQ(take(), Heard{"a: notify of 2 Chat.Say x"});
  a.is_full = true;
  EXPECT_TRUE(notify(&own_session(), "Chat.Say"));
  EXPECT_EQ(take(), Heard{});
}

TEST_F(ForwardingTest, AClosedSessionSendsNothing) {
  add("a", {"Chat"});
  Session& guest = own_session();
  const SessionPtr kept = guest.shared_from_this();
  guest.close();
  EXPECT_TRUE(request(&guest, "Chat.Join"));
  EXPECT_EQ(asker_->answer, "error: unavailable");
  EXPECT_EQ(take(), Heard{});
}

TEST_F(ForwardingTest, TheSessionsOfALostMemberAreToldAndGoToAnother) {
  add("a", {"Chat"});
  Session& guest = own_session();
  EXPECT_TRUE(notify(&guest, "Chat.Say"));
  add("b", {"Chat"});
  EXPECT_TRUE(notify(&guest, "Chat.Say"));
  EXPECT_EQ(take(), (Heard{"a: notify of 1 Chat.Say x", "a: notify of 1 Chat.Say x"}));

  LostServices lost{host(), router_};
  std::vector<std::string> told;
  const Subscription callback = lost.on_lost([&told](Session& session, std::string_view service) {
    told.push_back(std::to_string(session.id()) + " " + std::string{service});
  });
  lost.tell_later("a:1");
  EXPECT_TRUE(told.empty());
  world_.settle();
  EXPECT_EQ(told, std::vector<std::string>{"1 Chat"});
  lost.tell("a:1");
  EXPECT_EQ(told.size(), 1u) << "told twice";
}

}  // namespace
}  // namespace nano::cluster
