#include "cluster/node/session_state.h"

#include <stdexcept>

#include "cluster/node/node_parts_test_fixture.h"
#include "cluster/node/users.h"

namespace nano::cluster {
namespace {

class SessionStateTest : public NodePartsTestFixture {
 protected:
  SessionStateTest() { host().observer = &state_; }
  ~SessionStateTest() override {
    end_remote_sessions();
    host().observer = nullptr;
  }

  RecordedBackend& a_ = add("a", {"Chat"});
  RecordedBackend& b_ = add("b", {"Room"});
  SessionState state_{router_, backends_, pending_};
  Users users_{host(), backends_};
};

TEST_F(SessionStateTest, WhatIsDecidedOnTheGateIsToldToItsBackends) {
  Session& guest = own_session();
  guest.bind(3);
  guest.share("team", std::string{"red"});
  guest.unshare("team");
  EXPECT_EQ(take(), (Heard{"a: bound 3", "b: bound 3", "a: shared team red", "b: shared team red",
                           "a: shared team removed", "b: shared team removed"}));
}

TEST_F(SessionStateTest, WhatIsDecidedElsewhereIsToldToTheGateAlone) {
  Session& guest = remote_session();
  guest.bind(3);
  guest.share("team", std::string{"red"});
  EXPECT_EQ(take(), (Heard{"gate: bind 3", "gate: share team red"}));
}

TEST_F(SessionStateTest, WhatABackendDecidedIsItsEchoAndNewsForTheOthers) {
  Session& guest = own_session();
  guest.apply_uid(4);
  state_.on_bound_by(a_, guest);
  guest.offer_shared("team", "blue");
  state_.on_shared_by(b_, guest, "team");
  EXPECT_EQ(take(),
            (Heard{"a: bound 4, echo", "b: bound 4", "a: shared team blue", "b: shared team blue, echo"}));
}

TEST_F(SessionStateTest, AValueIsSharedWithAllOrNobody) {
  b_.has_room = false;
  Session& guest = own_session();
  EXPECT_THROW(guest.share("team", std::string{"red"}), std::length_error);
  EXPECT_EQ(take(), Heard{});
  EXPECT_FALSE(guest.shared<std::string>("team"));
}

TEST_F(SessionStateTest, TheEndOfASessionIsToldAlsoWhereAMemberHasJustLeft) {
  a_.is_connected = true;
  Session& guest = own_session();
  backends_.retire("a:1");
  guest.close();
  EXPECT_EQ(take(), (Heard{"b: ended 1", "a: ended 1"}));
}

TEST_F(SessionStateTest, AUsersSessionsAreReachedOnEachNodeByTheNodeItself) {
  own_session().bind(5);
  remote_session().bind(5);
  take();
  users_.push(5, "onNews", "x");
  EXPECT_EQ(take(), (Heard{"a: push to user 5 onNews", "b: push to user 5 onNews"}))
      << "the gate pushes to its own sessions";
  world_.settle();
  EXPECT_EQ(clients_.front()->expect_push<std::string>("onNews"), "x");
  users_.kick(5, "");
  EXPECT_EQ(world_.app().find_user(5).size(), 1u) << "the remote one is its gate's to kick";
}

TEST_F(SessionStateTest, ANodeThatTakesTooLittleCostsTheOthersNothing) {
  a_.has_room = false;
  EXPECT_THROW(users_.push(5, "onNews", "x"), std::length_error);
  EXPECT_EQ(take(), Heard{"b: push to user 5 onNews"});
}

}  // namespace
}  // namespace nano::cluster
