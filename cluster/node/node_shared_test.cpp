// What all nodes that know a session agree on: its user, and its shared values.
#include <random>

#include <gtest/gtest.h>

#include "cluster/node/node_test_fixture.h"

namespace nano::cluster {
namespace {

const std::vector<std::string> knowing = {"gate:1", "a:1", "b:1"};

class NodeSharedTest : public NodeTestFixture {
 protected:
  /// A session that gate:1, a:1 and b:1 know.
  ClientPtr connect() {
    auto client = cluster_.connect("gate:1");
    EXPECT_EQ(ask(client, "A.Where"), "a:1");
    EXPECT_EQ(ask(client, "B.Where"), "b:1");
    return client;
  }
  Session& session_at(const std::string& node) {
    return *cluster_.app(node).find_session(told("gate:1").opened.back());
  }
  void expect_agreement() {
    const Session& gate = session_at("gate:1");
    for (const std::string& node : knowing) {
      EXPECT_EQ(session_at(node).uid(), gate.uid()) << node;
      EXPECT_EQ(session_at(node).shared_values(), gate.shared_values()) << node;
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeSharedTest, ::testing::Values(1, 2, 3));

TEST_P(NodeSharedTest, WhatOneNodeBindsAndSharesIsKnownToAll) {
  auto alice = connect();
  EXPECT_EQ(ask(alice, "A.Bind", "7"), "7");
  EXPECT_EQ(ask(alice, "B.Share", "team red"), "red");
  EXPECT_EQ(ask(alice, "G.Share", "rank 3"), "3");
  expect_agreement();
  EXPECT_EQ(ask(alice, "A.Read", "team"), "red");
  EXPECT_EQ(ask(alice, "B.Read", "rank"), "3");
  EXPECT_EQ(ask(alice, "G.Uid"), "7");
  EXPECT_EQ(ask(alice, "B.Share", "rank"), "");
  EXPECT_EQ(ask(alice, "A.Read", "rank"), "nothing");
  EXPECT_EQ(cluster_.app("b:1").find_user(7).size(), 1u);
}

TEST_P(NodeSharedTest, AnEmptyValueIsAValueOnAllNodesAndUnsharingRemovesIt) {
  auto alice = connect();
  for (const std::string& writer : knowing) {
    session_at(writer).share("team", std::string{});
    session_at(writer).share("", std::string{});
    advance(milliseconds{200});
    for (const std::string& reader : knowing) {
      EXPECT_EQ(session_at(reader).shared<std::string>("team"), "") << writer << " " << reader;
      EXPECT_EQ(session_at(reader).shared<std::string>(""), "") << writer << " " << reader;
    }
    session_at(writer).unshare("team");
    advance(milliseconds{200});
    for (const std::string& reader : knowing) {
      EXPECT_FALSE(session_at(reader).shared<std::string>("team")) << writer << " " << reader;
    }
    expect_agreement();
  }
}

TEST_P(NodeSharedTest, ANodeThatMeetsTheSessionLaterKnowsItsEmptyValues) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  session_at("a:1").share("team", std::string{});
  advance(milliseconds{200});
  EXPECT_EQ(ask(alice, "B.Read", "team"), "");
  EXPECT_EQ(ask(alice, "B.Read", "rank"), "nothing");
}

TEST_P(NodeSharedTest, AValueWithoutANameAndTheUserDoNotHoldEachOtherUp) {
  auto alice = connect();
  Session& session = session_at("a:1");
  session.share("", std::string{"nameless"});
  session_at("gate:1").bind(5);
  session.bind(6);
  advance(milliseconds{200});
  session_at("gate:1").bind(7);
  session_at("gate:1").share("", std::string{"newer"});
  advance(milliseconds{200});
  EXPECT_EQ(session.uid(), 7);
  EXPECT_EQ(session.shared<std::string>(""), "newer");
  expect_agreement();
}

TEST_P(NodeSharedTest, ANodeThatMeetsTheSessionLaterKnowsItAllFromItsFirstMessageOn) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Bind", "9"), "9");
  EXPECT_EQ(ask(alice, "A.Share", "team blue"), "blue");
  EXPECT_EQ(ask(alice, "B.Read", "team"), "blue");
  EXPECT_EQ(ask(alice, "B.Uid"), "9");
  EXPECT_EQ(ask(alice, "B.Read", "rank"), "nothing");
}

TEST_P(NodeSharedTest, WhoSharesAndThenAsksAnotherNodeFindsTheValueThere) {
  auto alice = connect();
  for (int i = 0; i < 20; ++i) {
    alice->send_request("A.Share", "n " + std::to_string(i));
    EXPECT_EQ(ask(alice, "A.Ask", "B.Read n"), std::to_string(i));
  }
}

TEST_P(NodeSharedTest, AWriterDoesNotSeeItsOlderValuesComeBack) {
  auto alice = connect();
  cluster_.network().set_delay(milliseconds{40}, milliseconds{50});
  Session& session = session_at("a:1");
  session_at("gate:1").share("n", std::string{"the gate's"});
  for (int i = 1; i <= 60; ++i) {
    session.share("n", std::to_string(i));
    session.bind(i);
    advance(milliseconds{5});
    ASSERT_EQ(session.shared<std::string>("n"), std::to_string(i));
    ASSERT_EQ(session.uid(), i);
  }
  for (int i = 0; i < 60; ++i) {
    advance(milliseconds{5});
    ASSERT_EQ(session.shared<std::string>("n"), "60");
    ASSERT_EQ(session.uid(), 60);
  }
  expect_agreement();
}

TEST_P(NodeSharedTest, WritersAtTheSameTimeEndUpWithOneValueEverywhere) {
  std::mt19937_64 random{GetParam()};
  for (int round = 0; round < 40; ++round) {
    cluster_.network().set_delay(milliseconds{1}, milliseconds{1 + random() % 50});
    auto client = connect();
    for (int step = 0; step < 60; ++step) {
      Session& session = session_at(knowing[random() % knowing.size()]);
      const unsigned dice = random() % 8;
      const std::string name = "name" + std::to_string(random() % 3);
      if (dice == 0) session.unshare(name);
      if (dice == 1) session.bind(1 + static_cast<std::int64_t>(random() % 4));
      if (dice > 1 && dice < 5) session.share(name, std::string(random() % 3, '0'));
      if (dice >= 5) advance(milliseconds{random() % 20});
    }
    advance(seconds{1});
    expect_agreement();
    const std::int64_t uid = session_at("gate:1").uid();
    for (const std::string& node : knowing) {
      const bool found = !cluster_.app(node).find_user(uid).empty();
      EXPECT_EQ(found, uid > 0) << node << " round " << round;
    }
    client->vanish();
    advance(milliseconds{200});
  }
}

TEST_P(NodeSharedTest, WritersThatTogetherExceedTheBoundAgreeToo) {
  std::mt19937_64 random{GetParam()};
  for (int round = 0; round < 40; ++round) {
    auto client = connect();
    for (int step = 0; step < 30; ++step) {
      Session& session = session_at(knowing[random() % knowing.size()]);
      const std::string name = "name" + std::to_string(random() % 4);
      try {
        session.share(name, std::string(1 + random() % 9000, static_cast<char>('a' + random() % 26)));
      } catch (const std::length_error&) {
        session.unshare(name);
      }
      if (random() % 4 == 0) advance(milliseconds{random() % 3});
    }
    advance(seconds{1});
    expect_agreement();
    client->vanish();
    advance(milliseconds{200});
  }
}

}  // namespace
}  // namespace nano::cluster
