// Payloads that clients compress, and what they may cost.

#include <string>
#include <string_view>
#include <zlib.h>

#include "nano/session/inflate.h"
#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

using protocol::MessageType;

constexpr std::size_t packet_bytes = protocol::packet_body_bytes_default;
/// So many of them does a server inflate in a second.
constexpr std::size_t affordable = limits::inflated_bytes_per_second / packet_bytes;

/// A zlib stream of `text`.
std::string deflated(const std::string& text) {
  uLongf bytes = compressBound(text.size());
  std::string out(bytes, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &bytes, reinterpret_cast<const Bytef*>(text.data()),
           text.size());
  out.resize(bytes);
  return out;
}

Options options_without_inflating() {
  Options options;
  options.inflate = false;
  return options;
}

/// A client with its handshake done, that says of what it sends that it is compressed.
class CompressedTest : public SessionTest {
 protected:
  explicit CompressedTest(Options options = {}) : SessionTest(std::move(options)) {}
  void open() {
    world_.start();
    client_.emplace(world_);
    client_->open();
  }
  void request(std::string_view route, std::string_view payload) {
    send(MessageType::request, route, payload);
  }
  void notify(std::string_view route, std::string_view payload) { send(MessageType::notify, route, payload); }
  void send(MessageType type, std::string_view route, std::string_view payload) {
    client_->send(RawClient::data({.type = type,
                                   .id = type == MessageType::request ? 1u : 0u,
                                   .route = route,
                                   .payload_deflated = true,
                                   .payload = protocol::as_bytes(payload)}));
  }
  /// So many clients, one after the other, that each send a small notify that inflates to much.
  void connect_and_notify(std::size_t clients) {
    for (std::size_t i = 0; i < clients; ++i) {
      client_.emplace(world_);
      client_->open();
      notify("Desk.Note", deflated(std::string(packet_bytes, 'b')));
    }
  }
  void advance(Duration duration) {
    world_.advance(duration);
    client_->send_on();
  }

  std::optional<RawClient> client_;
};

TEST_F(CompressedTest, IsInflatedForTheHandler) {
  open();
  const std::string text(5000, 'z');
  request("Desk.Echo", deflated(text));
  EXPECT_EQ(client_->take_texts(), Texts{"response 1 " + text});
}

TEST_F(CompressedTest, IsTakenAsItIsWhenItIsNoZlibStream) {
  open();
  const std::string whole = deflated("hello");
  for (const std::string& payload :
       {std::string{}, std::string{"plain"}, whole.substr(0, whole.size() - 1), whole + "x"}) {
    request("Desk.Echo", payload);
    EXPECT_EQ(client_->take_texts(), Texts{"response 1 " + payload});
  }
}

TEST_F(CompressedTest, InflatesToTheLargestPacketAtMost) {
  open();
  notify("Desk.Note", deflated(std::string(packet_bytes, '\0')));
  ASSERT_EQ(desk_.notes.size(), 1u);
  EXPECT_EQ(desk_.notes[0].size(), packet_bytes);
  notify("Desk.Note", deflated(std::string(packet_bytes + 1, '\0')));
  EXPECT_EQ(client_->reason(), "protocol_error");
  EXPECT_EQ(client_->detail(), "payload inflates beyond the limit");
  EXPECT_EQ(desk_.notes.size(), 1u);
}

TEST_F(CompressedTest, IsNotInflatedForARouteThatNobodyHas) {
  open();
  const std::string bomb = deflated(std::string(100 * packet_bytes, '\0'));
  for (int i = 0; i < 100; ++i) {
    request("Desk.Nothing", bomb);
    EXPECT_EQ(client_->take_texts(), Texts{"error 1 unknown_route"}) << i;
    notify("Nobody.Knows", bomb);
  }
  EXPECT_FALSE(client_->closed());
}

TEST_F(CompressedTest, IsNotInflatedWhenAFilterRefusesTheMessageUnseen) {
  world_.app().inbound().push_back([](Session&, PipelineMessage& message) -> Result<void> {
    if (message.route() == "Desk.Note") return Error{"too_often", "Not so often."};
    return {};
  });
  open();
  const std::string bomb = deflated(std::string(100 * packet_bytes, '\0'));
  for (int i = 0; i < 100; ++i) {
    request("Desk.Note", bomb);
    EXPECT_EQ(client_->take_texts(), Texts{"error 1 too_often"}) << i;
  }
  request("Desk.Echo", bomb);
  EXPECT_EQ(client_->detail(), "payload inflates beyond the limit") << "this one is wanted";
}

TEST_F(CompressedTest, AFilterSeesItInflatedAndMayReplaceIt) {
  std::string seen;
  world_.app().inbound().push_back([&](Session&, PipelineMessage& message) -> Result<void> {
    seen = protocol::as_text(message.payload());
    if (message.route() == "Desk.Old") message.replace_route("Desk.Echo");
    if (seen == "replace") message.replace_payload("replaced");
    return {};
  });
  open();
  request("Desk.Old", deflated("hello hello"));
  EXPECT_EQ(seen, "hello hello");
  request("Desk.Echo", deflated("replace"));
  EXPECT_EQ(client_->take_texts(), (Texts{"response 1 hello hello", "response 1 replaced"}));
}

TEST_F(CompressedTest, WhatGameClientsCompressNeverWaits) {
  open();
  std::string text;
  for (int i = 0; text.size() < packet_bytes - 100; ++i) {
    text +=
        "{\"id\":" + std::to_string(i * 7919 % 10'007) + ",\"x\":" + std::to_string(i * 104'729 % 1000) + "}";
  }
  const std::string packed = deflated(text);
  ASSERT_LT(packed.size() * 2, text.size());
  for (int i = 0; i < 100; ++i) notify("Desk.Note", packed);
  EXPECT_EQ(desk_.notes.size(), 100u);
}

TEST_F(CompressedTest, BeyondItsBudgetWaitsAndNothingIsLostNorOvertaken) {
  open();
  const std::string bomb = deflated(std::string(packet_bytes, 'b'));
  for (int i = 0; i < 10; ++i) notify("Desk.Note", bomb);
  client_->send(RawClient::request(2, "Desk.Echo", "behind"));
  EXPECT_LE(desk_.notes.size(), 2u) << "what was saved up in a second, and the one that overdraws";
  EXPECT_TRUE(client_->take().empty());
  for (std::size_t handled = desk_.notes.size(); handled < 10; ++handled) {
    advance(seconds{1});
    EXPECT_EQ(desk_.notes.size(), handled + 1) << "one in a second";
  }
  advance(seconds{1});
  EXPECT_EQ(client_->take_texts(), (Texts{"response 2 behind"}));
  EXPECT_FALSE(client_->closed());
}

TEST_F(CompressedTest, AClientThatWaitsHoldsUpNobodyElseAndMayLeave) {
  open();
  const std::string bomb = deflated(std::string(packet_bytes, 'b'));
  for (int i = 0; i < 10; ++i) notify("Desk.Note", bomb);
  RawClient other{world_};
  other.open();
  other.send(RawClient::request(1, "Desk.Echo", "hi"));
  EXPECT_EQ(other.take_texts(), Texts{"response 1 hi"});
  client_->vanish();
  world_.advance(seconds{2});
  EXPECT_EQ(events_.back(), "closed 1 connection_lost");
}

TEST_F(CompressedTest, AClientThatWaitsIsTakenForLostAtOnce) {
  open();
  const std::string bomb = deflated(std::string(packet_bytes, 'b'));
  for (int i = 0; i < 100; ++i) notify("Desk.Note", bomb);
  client_->vanish();
  EXPECT_EQ(client_->reason(), "connection_lost");
  EXPECT_LE(desk_.notes.size(), 2u);
}

TEST_F(CompressedTest, AllClientsTogetherHaveABudgetToo) {
  world_.start();
  for (int i = 0; i < 2; ++i) {
    connect_and_notify(4 * affordable);
    EXPECT_GE(desk_.notes.size(), affordable) << "what was saved up in a second";
    EXPECT_LE(desk_.notes.size(), affordable + 2) << "though each has its own";
    world_.advance(seconds{1});
    desk_.notes.clear();
  }
}

TEST_F(CompressedTest, BeyondTheBudgetOfAllIsRefusedButWhatIsFreeGoesOn) {
  world_.start();
  connect_and_notify(affordable + 2);
  client_.emplace(world_);
  client_->open();
  for (const std::size_t bytes : {packet_bytes, packet_bytes + 1}) {
    request("Desk.Echo", deflated(std::string(bytes, 'b')));
    EXPECT_EQ(client_->take_texts(), Texts{"error 1 unavailable"});
  }
  const std::string text = "Whoever packs what hardly shrinks notices nothing.";
  request("Desk.Echo", deflated(text));
  client_->send(RawClient::request(2, "Desk.Echo", "plain"));
  EXPECT_EQ(client_->take_texts(), (Texts{"response 1 " + text, "response 2 plain"}));

  world_.advance(seconds{1});
  request("Desk.Echo", deflated(std::string(packet_bytes + 1, 'b')));
  EXPECT_EQ(client_->detail(), "payload inflates beyond the limit");
}

TEST_F(CompressedTest, CountsInATurnForWhatInflatingTakes) {
  open();
  TurnShare share{.packets = 300};
  const auto packet =
      RawClient::data({.type = MessageType::notify,
                       .route = "Desk.Note",
                       .payload_deflated = true,
                       .payload = protocol::as_bytes(deflated(std::string(packet_bytes, 'b')))});
  EXPECT_EQ(client_->server().on_packets(packet, share), packet.size());
  EXPECT_EQ(share.packets, 300 - 1 - packet_bytes / limits::inflated_bytes_per_packet);
}

class NotCompressedTest : public CompressedTest {
 protected:
  NotCompressedTest() : CompressedTest(options_without_inflating()) {}
};

TEST_F(NotCompressedTest, IsRefusedWhereTheOperatorDoesNotWantIt) {
  open();
  request("Desk.Echo", deflated("hello"));
  notify("Desk.Note", deflated("hello"));
  client_->send(RawClient::request(2, "Desk.Echo", "plain"));
  EXPECT_EQ(client_->take_texts(), (Texts{"error 1 bad_payload", "response 2 plain"}));
  EXPECT_TRUE(desk_.notes.empty());
}

TEST_F(NotCompressedTest, IsTakenWhereItOnlySaysThatItIsCompressed) {
  open();
  for (const std::string& payload : {std::string{}, std::string{"x"}, std::string{R"({"text":"hi"})"}}) {
    request("Desk.Echo", payload);
    EXPECT_EQ(client_->take_texts(), Texts{"response 1 " + payload});
  }
}

TEST(InflateBudget, PaysOnlyForWhatIsBeyondTheRatio) {
  InflateBudget budget{1000};
  TimePoint now{seconds{100}};
  for (int i = 0; i < 100; ++i) budget.spend(now, 1000, 1000 * limits::inflate_ratio);
  EXPECT_EQ(budget.wait(now), Duration::zero());
  budget.spend(now, 0, 1000);
  EXPECT_EQ(budget.wait(now), Duration::zero()) << "a second's worth was saved up";
  budget.spend(now, 0, 500);
  EXPECT_EQ(budget.wait(now), milliseconds{500});
  now += milliseconds{500};
  EXPECT_EQ(budget.wait(now), Duration::zero());
  now += seconds{3600};
  budget.spend(now, 0, 3000);
  EXPECT_EQ(budget.wait(now), seconds{2}) << "more than a second is not saved up";
}

}  // namespace
}  // namespace nano
