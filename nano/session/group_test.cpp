#include "nano/session/group.h"

#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>

#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

/// Three clients with small send queues, and a group.
class GroupTest : public SessionTest {
 protected:
  GroupTest() {
    world_.start();
    for (int i = 0; i < 3; ++i) {
      clients_.push_back(std::make_unique<RawClient>(world_, 1000));
      clients_.back()->open();
      sessions_.push_back(world_.app().find_session(i + 1u));
    }
  }
  void add_all() {
    for (const SessionPtr& session : sessions_) EXPECT_TRUE(group_.add(*session));
  }
  std::vector<SessionId> ids() const {
    std::vector<SessionId> ids;
    for (const Session* member : group_.members()) ids.push_back(member->id());
    return ids;
  }

  std::vector<std::unique_ptr<RawClient>> clients_;
  std::vector<SessionPtr> sessions_;
  Group group_;
};

using Ids = std::vector<SessionId>;

TEST_F(GroupTest, AddAndLeaveSayWhetherTheyChangedAnything) {
  EXPECT_TRUE(group_.empty());
  EXPECT_FALSE(group_.leave(*sessions_[0]));
  EXPECT_TRUE(group_.add(*sessions_[0]));
  EXPECT_FALSE(group_.add(*sessions_[0]));
  EXPECT_TRUE(group_.contains(*sessions_[0]));
  EXPECT_FALSE(group_.contains(*sessions_[1]));
  EXPECT_EQ(group_.count(), 1u);
  EXPECT_EQ(group_.member(1), sessions_[0].get());
  EXPECT_EQ(group_.member(2), nullptr);
  EXPECT_TRUE(group_.leave(*sessions_[0]));
  EXPECT_FALSE(group_.leave(*sessions_[0]));
  EXPECT_TRUE(group_.empty());
}

TEST_F(GroupTest, MembersAreInTheOrderOfConnectingWhateverTheOrderOfAdding) {
  for (const int i : {2, 0, 1}) group_.add(*sessions_[i]);
  sessions_[1]->bind(77);
  EXPECT_EQ(ids(), (Ids{1, 2, 3}));
  EXPECT_EQ(group_.uids(), (std::vector<std::int64_t>{0, 77, 0}));
}

TEST_F(GroupTest, ClosedSessionIsNoMemberFromThatMoment) {
  Group second;
  add_all();
  second.add(*sessions_[1]);
  sessions_[1]->close();
  EXPECT_EQ(ids(), (Ids{1, 3}));
  EXPECT_TRUE(second.empty());
  EXPECT_FALSE(group_.contains(*sessions_[1]));
  EXPECT_FALSE(group_.add(*sessions_[1])) << "nor does it come back";
  clients_[0]->vanish();
  clients_[2]->half_close();
  EXPECT_TRUE(group_.empty());
}

TEST_F(GroupTest, IsWhatASetWouldBeWhoeverComesAndGoes) {
  std::mt19937 random{7};
  while (sessions_.size() < 40) {
    clients_.push_back(std::make_unique<RawClient>(world_, 1000));
    clients_.back()->open();
    sessions_.push_back(world_.app().find_session(sessions_.size() + 1));
  }
  std::set<SessionId> expected;
  for (int step = 0; step < 20'000; ++step) {
    Session& session = *sessions_[random() % sessions_.size()];
    if (step / 1000 % 2 == 0 ? random() % 3 > 0 : random() % 3 == 0) {
      ASSERT_EQ(group_.add(session), expected.insert(session.id()).second);
    } else {
      ASSERT_EQ(group_.leave(session), expected.erase(session.id()) == 1);
    }
    ASSERT_EQ(group_.count(), expected.size());
    ASSERT_EQ(group_.contains(session), expected.contains(session.id()));
    if (random() % 50 == 0) {
      ASSERT_EQ(ids(), Ids(expected.begin(), expected.end()));
    }
  }
  group_.clear();
  EXPECT_TRUE(group_.empty());
  for (const SessionPtr& session : sessions_) EXPECT_TRUE(group_.add(*session));
  EXPECT_EQ(group_.count(), sessions_.size());
}

TEST_F(GroupTest, WhoeverWalksTheMembersMayCloseTheOneItLooksAt) {
  add_all();
  std::size_t seen = 0;
  for (Session* session : group_.members()) {
    ++seen;
    session->close();
  }
  EXPECT_EQ(seen, 3u);
  EXPECT_TRUE(group_.empty());
}

/// What may be done to a group while its members are walked, each at each of three members.
class WalkedGroup : public GroupTest {
 protected:
  /// The ids met when `meddle` is called at the member with the id `at`.
  Ids walk(SessionId at, const std::function<void()>& meddle) {
    group_.clear();
    add_all();
    Ids met;
    for (Session* session : group_.members()) {
      met.push_back(session->id());
      if (session->id() == at) meddle();
    }
    return met;
  }
  void leave(SessionId id) { group_.leave(*sessions_[id - 1]); }
  /// Closes the gap.
  void look() {
    group_.broadcast("onAll", "x");
    static_cast<void>(group_.members().begin());
  }
};

TEST_F(WalkedGroup, MeetsAllThatStay) {
  for (const SessionId at : {1u, 2u, 3u}) {
    EXPECT_EQ(walk(at, [&] { leave(at); }), (Ids{1, 2, 3}));
    EXPECT_EQ(walk(at, [&] { leave(at), look(); }), (Ids{1, 2, 3})) << at;
    EXPECT_EQ(walk(at, [&] { leave(at), look(), group_.add(*sessions_[at - 1]); }), (Ids{1, 2, 3})) << at;
    for (const SessionId gone : {1u, 2u, 3u}) {
      const Ids left = gone > at ? (gone == 2 ? Ids{1, 3} : Ids{1, 2}) : Ids{1, 2, 3};
      EXPECT_EQ(walk(at, [&] { leave(gone), look(); }), left) << gone << " left at " << at;
      EXPECT_EQ(walk(at, [&] { leave(gone), look(), group_.add(*sessions_[gone - 1]); }), (Ids{1, 2, 3}))
          << gone << " came back at " << at;
    }
    Ids before(at);
    std::iota(before.begin(), before.end(), SessionId{1});
    EXPECT_EQ(walk(at, [&] { group_.clear(); }), before);
  }
}

TEST_F(WalkedGroup, MeetsWhoJoinsBehind) {
  Ids met;
  group_.add(*sessions_[1]);
  for (Session* session : group_.members()) {
    met.push_back(session->id());
    for (const SessionPtr& other : sessions_) group_.add(*other);
  }
  EXPECT_EQ(met, (Ids{2, 3}));
  EXPECT_EQ(ids(), (Ids{1, 2, 3}));
}

TEST_F(WalkedGroup, CanBeListed) {
  add_all();
  const std::vector<Session*> list = group_.members();
  group_.leave(*sessions_[0]);
  EXPECT_EQ(list.size(), 3u);
  EXPECT_EQ(group_.members().size(), 2u);
  EXPECT_EQ(group_.members()[0], sessions_[1].get());
  EXPECT_THROW(group_.members()[2], std::out_of_range);
  EXPECT_EQ(std::vector<Session*>{group_.members()}.size(), 2u);
}

TEST_F(GroupTest, BroadcastReachesAllMembersInOrderWithOtherMessages) {
  add_all();
  group_.leave(*sessions_[2]);
  sessions_[0]->push("before", "1");
  group_.broadcast("onAll", "hello");
  sessions_[0]->push("after", "2");
  EXPECT_EQ(clients_[0]->take_texts(), (Texts{"push before 1", "push onAll hello", "push after 2"}));
  EXPECT_EQ(clients_[1]->take_texts(), Texts{"push onAll hello"});
  EXPECT_TRUE(clients_[2]->take().empty());
}

TEST_F(GroupTest, BroadcastToNobodyDoesNothing) {
  group_.broadcast("onAll", "hello");
  group_.multicast("onAll", "hello", [](Session&) { return true; });
}

TEST_F(GroupTest, BroadcastRefusesWhatTheWireCannotCarryAndReachesNobody) {
  add_all();
  EXPECT_THROW(group_.broadcast(std::string(256, 'r'), "x"), std::length_error);
  EXPECT_THROW(group_.broadcast("on\xff", "x"), std::invalid_argument);
  EXPECT_THROW(group_.multicast("on\xff", "x", [](Session&) { return true; }), std::invalid_argument);
  EXPECT_THROW(group_.broadcast("big", std::string(std::size_t{1} << 24, 'x')), std::length_error);
  for (const auto& client : clients_) EXPECT_TRUE(client->take().empty());
}

TEST_F(GroupTest, MemberThatDoesNotReadIsClosedAndTheOthersGetEveryMessage) {
  add_all();
  for (int i = 0; i < 30; ++i) {
    group_.broadcast("onAll", std::string(100, 'x'));
    clients_[0]->take();
    EXPECT_EQ(clients_[2]->take().size(), 1u);
  }
  EXPECT_EQ(group_.count(), 3u);
  world_.advance(limits::send_stall_timeout);
  EXPECT_EQ(clients_[1]->reason(), "backpressure");
  EXPECT_EQ(ids(), (Ids{1, 3}));
  EXPECT_FALSE(clients_[0]->closed());
}

TEST_F(GroupTest, MulticastAsksForEachMember) {
  add_all();
  group_.multicast("onSome", "x", [](Session& session) { return session.id() != 2; });
  EXPECT_EQ(clients_[0]->take().size(), 1u);
  EXPECT_TRUE(clients_[1]->take().empty());
  EXPECT_EQ(clients_[2]->take().size(), 1u);
}

TEST_F(GroupTest, MulticastSurvivesAFilterThatClosesSessionsOrLetsThemLeave) {
  add_all();
  Ids asked;
  group_.multicast("onSome", "x", [&](Session& session) {
    asked.push_back(session.id());
    if (session.id() == 1) {
      group_.leave(*sessions_[1]);
      sessions_[2]->close();
      sessions_.resize(2);
    }
    return true;
  });
  EXPECT_EQ(asked, Ids{1}) << "those that left are not asked";
  EXPECT_EQ(clients_[0]->take().size(), 1u);
  EXPECT_TRUE(clients_[1]->take().empty());
  EXPECT_TRUE(clients_[2]->take().empty());

  group_.multicast("onSome", "x", [&](Session& session) {
    session.close();
    return true;
  });
  EXPECT_TRUE(clients_[0]->take().empty());
  EXPECT_TRUE(group_.empty());
}

TEST_F(GroupTest, ClearLetsAllLeaveAndTheSessionsStayOpen) {
  add_all();
  group_.clear();
  EXPECT_TRUE(group_.empty());
  EXPECT_TRUE(group_.add(*sessions_[0])) << "they may come back";
  EXPECT_FALSE(clients_[1]->closed());
}

TEST_F(GroupTest, MayEndBeforeItsSessions) {
  {
    Group brief;
    for (const SessionPtr& session : sessions_) brief.add(*session);
  }
  for (const auto& client : clients_) client->vanish();
  world_.settle();
}

TEST(GroupEnd, MayOutliveTheWorldOfItsSessions) {
  Group group;
  {
    testing::World world;
    world.app().add<Desk>();
    world.start();
    auto client = world.connect();
    group.add(*world.app().find_session(1));
    EXPECT_EQ(group.count(), 1u);
  }
  EXPECT_TRUE(group.empty());
}

// -- with outbound filters ---------------------------------------------------------------------------------

TEST(GroupWithFilters, BroadcastIsFilteredForEachReceiver) {
  testing::World world;
  world.app().add<Desk>();
  Session* to_close = nullptr;
  world.app().outbound().push_back([&](Session& session, PipelineMessage& message) -> Result<void> {
    if (to_close) to_close->close();
    if (session.id() == 2) return Error{Errc::refused, "not for you"};
    message.replace_payload("for " + std::to_string(session.id()));
    return {};
  });
  world.start();
  Group group;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (SessionId id = 1; id <= 3; ++id) {
    clients.push_back(std::make_unique<RawClient>(world));
    clients.back()->open();
    group.add(*world.app().find_session(id));
  }
  group.broadcast("onAll", "x");
  EXPECT_EQ(clients[0]->take_texts(), std::vector<std::string>{"push onAll for 1"});
  EXPECT_TRUE(clients[1]->take().empty());
  EXPECT_EQ(clients[2]->take_texts(), std::vector<std::string>{"push onAll for 3"});

  to_close = group.member(3);
  group.broadcast("onAll", "x");
  EXPECT_EQ(clients[0]->take().size(), 1u);
  EXPECT_TRUE(clients[2]->take().empty()) << "closed by the filter meanwhile";
  EXPECT_EQ(group.count(), 2u);
}

}  // namespace
}  // namespace nano
