#include "cluster/testing/memory_network.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cluster/testing/virtual_time.h"

namespace nano::cluster::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

/// One end of a stream, with what it heard.
struct End final : StreamEvents {
  void on_message(std::string_view message) override { heard.emplace_back(message); }
  void on_closed(const NetworkError& why) override { heard.push_back("closed: " + why.message); }
  Texts take() { return std::exchange(heard, {}); }

  Texts heard;
  std::unique_ptr<Stream> stream;
};

/// A node that takes one stream and answers each call with its request.
class Peer final : public cluster::Service {
 public:
  Peer(MemoryNetwork& hub, Scheduler& scheduler, const std::string& name)
      : network_(hub.join(scheduler, name)) {
    network_->listen(name, *this);
  }

  void connect(const std::string& address) { connect(address, end); }
  void connect(const std::string& address, End& with) {
    channel_ = network_->connect(address);
    with.stream = channel_->open_stream("Link", with);
  }
  void call(const std::string& text) {
    channel_->call("Echo", text, seconds{1}, [this](CallOutcome outcome) {
      answers.push_back(outcome.ok() ? outcome.response() : outcome.error().message);
    });
  }
  void on_call(std::string_view, std::string_view request, CallReply reply) override {
    calls.emplace_back(request);
    reply(std::string{request});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream> stream) override {
    end.stream = std::move(stream);
    return &end;
  }
  void destroy_network() { network_.reset(); }

  End end;
  Texts calls;
  Texts answers;

 private:
  std::unique_ptr<Network> network_;
  std::unique_ptr<Channel> channel_;
};

class MemoryNetworkTest : public ::testing::Test {
 protected:
  MemoryNetworkTest() {
    one_->connect("two:1");
    settle();
  }
  void settle() { time_.advance(milliseconds{10}); }

  VirtualTime time_;
  MemoryNetwork hub_{3};
  std::unique_ptr<Peer> one_ = std::make_unique<Peer>(hub_, time_.scheduler(), "one:1");
  std::unique_ptr<Peer> two_ = std::make_unique<Peer>(hub_, time_.scheduler(), "two:1");
};

TEST_F(MemoryNetworkTest, KeepsTheOrderOfAStreamAndNotThatOfCalls) {
  Texts sent;
  for (int i = 0; i < 100; ++i) {
    sent.push_back(std::to_string(i));
    one_->call(sent.back());
    one_->end.stream->send(sent.back());
  }
  settle();
  EXPECT_EQ(two_->end.take(), sent);
  EXPECT_NE(two_->calls, sent);
  EXPECT_NE(one_->answers, two_->calls);
  std::sort(two_->calls.begin(), two_->calls.end());
  std::sort(sent.begin(), sent.end());
  EXPECT_EQ(two_->calls, sent);
}

TEST_F(MemoryNetworkTest, BothEndsFindOutThatAConnectionIsDeadHoweverOftenOneSends) {
  hub_.cut("one:1", "two:1");
  for (int i = 0; i < 21; ++i) {
    one_->end.stream->send("lost");
    time_.advance(milliseconds{100});
  }
  EXPECT_EQ(one_->end.take(), (Texts{"closed: the connection is dead"}));
  EXPECT_EQ(two_->end.take(), (Texts{"closed: the connection is dead"}));
}

TEST_F(MemoryNetworkTest, AStreamThatLostAMessageBreaksAlsoIfTheWayIsFreeAgain) {
  one_->end.stream->send("on its way");
  hub_.cut("one:1", "two:1");
  time_.advance(milliseconds{1});
  hub_.heal_all();
  one_->end.stream->send("after the gap");
  time_.advance(seconds{3});
  EXPECT_EQ(two_->end.take(), (Texts{"closed: the connection is dead"}));
  EXPECT_EQ(one_->end.take(), (Texts{"closed: the connection is dead"}));
}

TEST_F(MemoryNetworkTest, AnIdleStreamOutlivesAShortCutOnly) {
  hub_.cut("one:1", "two:1");
  time_.advance(seconds{1});
  hub_.heal_all();
  time_.advance(seconds{5});
  one_->end.stream->send("still there");
  settle();
  EXPECT_EQ(two_->end.take(), (Texts{"still there"}));
  hub_.cut("one:1", "two:1");
  time_.advance(seconds{3});
  EXPECT_EQ(one_->end.take(), (Texts{"closed: the connection is dead"}));
}

TEST_F(MemoryNetworkTest, AStreamOpenedInACutIsFoundDead) {
  hub_.cut("one:1", "two:1");
  one_->connect("two:1");
  time_.advance(seconds{3});
  EXPECT_EQ(one_->end.take(), (Texts{"closed: the connection is dead"}));
}

TEST_F(MemoryNetworkTest, AResetBreaksTheStreamsOfTwoNodesAtOnceForBothEnds) {
  Peer three{hub_, time_.scheduler(), "three:1"};
  End to_three;
  one_->connect("three:1", to_three);
  settle();
  one_->end.stream->send("on its way");
  hub_.reset_streams("one:1", "two:1");
  EXPECT_TRUE(one_->end.heard.empty()) << "told in a later turn";
  settle();
  EXPECT_EQ(one_->end.take(), (Texts{"closed: connection reset"}));
  EXPECT_EQ(two_->end.take(), (Texts{"closed: connection reset"}));
  EXPECT_TRUE(three.end.heard.empty());
  EXPECT_TRUE(to_three.heard.empty());
}

TEST_F(MemoryNetworkTest, ACrashIsToldToTheOtherEndAfterADelay) {
  one_->destroy_network();  // before its stream is
  EXPECT_TRUE(two_->end.heard.empty());
  settle();
  EXPECT_EQ(two_->end.take(), (Texts{"closed: connection reset"}));
  EXPECT_TRUE(one_->end.heard.empty()) << "it is dead";
  one_->end.stream->send("from the grave");
  one_.reset();
  settle();
  EXPECT_TRUE(two_->end.heard.empty());
}

TEST_F(MemoryNetworkTest, ACrashBehindACutIsFoundOutLater) {
  hub_.cut("one:1", "two:1");
  two_->destroy_network();
  time_.advance(seconds{1});
  EXPECT_TRUE(one_->end.heard.empty());
  time_.advance(seconds{2});
  EXPECT_EQ(one_->end.take(), (Texts{"closed: connection reset"}));
}

TEST_F(MemoryNetworkTest, WhatArrivesForAFrozenNodeWaitsUntilItIsThawed) {
  hub_.freeze("two:1");
  one_->end.stream->send("1");
  one_->call("call");
  settle();
  hub_.reset_streams("one:1", "two:1");
  time_.advance(seconds{5});
  EXPECT_TRUE(two_->end.heard.empty());
  EXPECT_TRUE(two_->calls.empty());
  EXPECT_EQ(one_->answers, (Texts{"no answer of two:1 in time"}));
  EXPECT_EQ(one_->end.take(), (Texts{"closed: connection reset"}));
  hub_.thaw("two:1");
  settle();
  EXPECT_EQ(two_->calls, (Texts{"call"}));
  EXPECT_EQ(two_->end.take(), (Texts{"closed: connection reset"})) << "what was sent before may be lost";
  one_->call("another");
  settle();
  EXPECT_EQ(one_->answers.back(), "another");
}

TEST_F(MemoryNetworkTest, AThawedNodeHearsAllInOrderAndAFrozenOneMayDie) {
  hub_.freeze("two:1");
  one_->end.stream->send("1");
  one_->end.stream->send("2");
  settle();
  hub_.thaw("two:1");
  one_->end.stream->send("3");
  settle();
  EXPECT_EQ(two_->end.take(), (Texts{"1", "2", "3"}));
  hub_.freeze("two:1");
  one_->end.stream->send("4");
  settle();
  two_ = nullptr;
  two_ = std::make_unique<Peer>(hub_, time_.scheduler(), "two:1");
  settle();
  EXPECT_EQ(one_->end.take().size(), 1u);
  one_->connect("two:1");
  one_->end.stream->send("5");
  settle();
  EXPECT_EQ(two_->end.take(), (Texts{"5"})) << "the new process is not frozen and hears nothing old";
}

}  // namespace
}  // namespace nano::cluster::testing
