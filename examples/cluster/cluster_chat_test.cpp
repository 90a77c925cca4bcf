#include <map>

#include <gtest/gtest.h>

#include "examples/cluster/gate.h"
#include "examples/cluster/places.h"
#include "examples/cluster/room.h"
#include "examples/cluster/stats.h"
#include "nano/testing/world.h"

namespace cluster_chat {
namespace {

using nano::cluster::Member;
using nano::testing::Client;
using Names = std::vector<std::string>;

const Member chat_1{.address = "a:1", .label = "chat-1"};
const Member chat_2{.address = "b:1", .label = "chat-2"};
const Member chat_3{.address = "c:1", .label = "chat-3"};

/// The name of a room that this one of the nodes serves.
std::string room_of(const Member& node, const std::vector<const Member*>& nodes) {
  for (int i = 1;; ++i) {
    std::string room = "Room " + std::to_string(i);
    if (place_of(room, nodes) == &node) return room;
  }
}

/// All services in one process, in memory: where they are makes no difference to them. Every test runs with
/// several seeds, which cut the byte streams differently.
class ClusterChat : public testing::TestWithParam<std::uint64_t> {
 protected:
  ClusterChat() : world_(GetParam()) {
    gate_ = &world_.app().add<Gate>("gate-1");
    world_.app().add<Room>("chat-1");
    world_.app().add<Stats>();
    world_.start();
  }

  nano::Result<LoginReply> login(Client& client, const std::string& name, const std::string& room = "Lobby") {
    return client.request<LoginReply>("Gate.Login", LoginRequest{name, room});
  }
  nano::Result<JoinReply> join(Client& client) { return client.request<JoinReply>("Room.Join", Nothing{}); }
  std::shared_ptr<Client> guest(const std::string& name, const std::string& room = "Lobby") {
    auto client = world_.connect();
    EXPECT_TRUE(login(*client, name, room).ok());
    EXPECT_TRUE(join(*client).ok());
    return client;
  }
  /// As a gate with these chat nodes does when the session sends its first message to the room.
  void choose(nano::SessionId session, const std::vector<const Member*>& candidates) {
    ASSERT_NE(route_by_room(*world_.app().find_session(session), "Room", candidates), nullptr);
  }
  /// As a gate asks.
  Totals totals() {
    Totals counted{-1, -1};
    world_.app().scheduler().spawn(ask(world_.app(), counted));
    world_.settle();
    return counted;
  }

  nano::testing::World world_;
  Gate* gate_ = nullptr;

 private:
  static nano::Task<void> ask(nano::Application& app, Totals& into) {
    const Nothing nothing;
    const nano::Result<Totals> answer = co_await app.call<Totals>("Stats.Totals", nothing);
    if (answer) into = *answer;
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, ClusterChat, testing::Values(1, 2, 3, 4));

TEST_P(ClusterChat, TheGateSaysWhoOneIsAndTheRoomWhoServesIt) {
  auto ada = world_.connect();
  const auto who = login(*ada, "  Ada ", " Lobby ");
  ASSERT_TRUE(who.ok());
  EXPECT_EQ(who->name, "Ada");
  EXPECT_EQ(who->room, "Lobby");
  EXPECT_EQ(who->gate, "gate-1");
  const auto room = join(*ada);
  ASSERT_TRUE(room.ok());
  EXPECT_EQ(room->node, "chat-1");
  EXPECT_EQ(room->members, Names{"Ada"});
  EXPECT_TRUE(room->history.empty());
}

TEST_P(ClusterChat, OneNameIsOneUserWhateverTheRoom) {
  auto ada = guest("Ada", "Lobby");
  auto ada_too = guest("Ada", "Garden");
  auto bob = guest("Bob");
  const std::int64_t uid = world_.app().find_session(1)->uid();
  EXPECT_GT(uid, 0);
  EXPECT_EQ(world_.app().find_user(uid).size(), 2u);
  EXPECT_NE(world_.app().find_session(3)->uid(), uid);
}

TEST_P(ClusterChat, ImpossibleNamesAreRefusedInWords) {
  auto client = world_.connect();
  EXPECT_EQ(login(*client, "  ").error().code, "name_invalid");
  EXPECT_EQ(login(*client, "Ada", "  ").error().code, "room_invalid");
  EXPECT_EQ(login(*client, std::string(25, 'x')).error().message, "A name has at most 24 characters.");
  EXPECT_EQ(login(*client, "Ada", std::string(25, 'x')).error().code, "room_invalid");
  EXPECT_EQ(join(*client).error().code, "not_logged_in");
  EXPECT_TRUE(login(*client, "Ada").ok());
  EXPECT_EQ(login(*client, "Bob").error().code, "already_logged_in");
}

TEST_P(ClusterChat, WhatOneSaysAllInTheRoomHear) {
  auto ada = guest("Ada");
  auto bob = guest("Bob");
  auto eve = guest("Eve", "Garden");
  const auto came = ada->expect_push<MembersChanged>("onJoin");
  EXPECT_EQ(came.name, "Bob");
  EXPECT_EQ(came.members, (Names{"Ada", "Bob"}));
  bob->notify("Room.Say", SayRequest{" Hello, Ada "});
  for (auto& listener : {ada, bob}) {
    const auto message = listener->expect_push<Message>("onMessage");
    EXPECT_EQ(message.name, "Bob");
    EXPECT_EQ(message.text, "Hello, Ada");
    EXPECT_EQ(message.time, world_.clock().wall().time_since_epoch().count());
    EXPECT_EQ(message.node, "chat-1");
  }
  EXPECT_FALSE(eve->next_push()) << "another room is another talk";
}

TEST_P(ClusterChat, ThoseWhoComeLaterGetTheLastLines) {
  auto ada = guest("Ada");
  for (std::size_t i = 0; i < Room::history_lines + 5; ++i) {
    ada->notify("Room.Say", SayRequest{"line " + std::to_string(i)});
  }
  auto bob = world_.connect();
  ASSERT_TRUE(login(*bob, "Bob").ok());
  const auto reply = join(*bob);
  ASSERT_TRUE(reply.ok());
  ASSERT_EQ(reply->history.size(), Room::history_lines);
  EXPECT_EQ(reply->history.front().text, "line 5");
  EXPECT_EQ(reply->history.back().text, "line 54");
}

TEST_P(ClusterChat, OneWhoAsksAgainIsAnsweredAgainAndAnnouncedOnce) {
  auto ada = guest("Ada");
  auto bob = guest("Bob");
  ada->drop_pushes();
  const auto again = join(*bob);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->members, (Names{"Ada", "Bob"}));
  EXPECT_FALSE(ada->next_push());
}

TEST_P(ClusterChat, ANameIsFreeAgainWhenItsOwnerHasLeftOrGone) {
  auto ada = guest("Ada");
  auto bob = guest("Bob");
  auto other = world_.connect();
  ASSERT_TRUE(login(*other, "Bob").ok());
  EXPECT_EQ(join(*other).error().code, "name_taken");
  ada->drop_pushes();
  bob->notify("Room.Leave", Nothing{});
  const auto left = ada->expect_push<MembersChanged>("onLeave");
  EXPECT_EQ(left.name, "Bob");
  EXPECT_EQ(left.members, Names{"Ada"});
  EXPECT_TRUE(join(*other).ok());
  ada->drop_pushes();
  other->vanish();
  EXPECT_EQ(ada->expect_push<MembersChanged>("onLeave").name, "Bob");
  EXPECT_TRUE(join(*bob).ok());
  bob->close();
  EXPECT_EQ(ada->expect_push<MembersChanged>("onLeave").name, "Bob");
  EXPECT_FALSE(ada->next_push()) << "told once, though Bob had been in the room twice";
}

TEST_P(ClusterChat, WhatNobodyHearsIsRefused) {
  auto ada = guest("Ada");
  auto outsider = world_.connect();
  ASSERT_TRUE(login(*outsider, "Eve").ok());
  const auto say = [](Client& client, const std::string& text) {
    return client.request<Nothing>("Room.Say", SayRequest{text}).error().code;
  };
  EXPECT_EQ(say(*outsider, "psst"), "not_joined");
  EXPECT_EQ(say(*ada, "  \n "), "text_invalid");
  EXPECT_EQ(say(*ada, std::string(Room::text_characters_max + 1, 'x')), "text_invalid");
  EXPECT_FALSE(ada->next_push());
}

TEST_P(ClusterChat, ARoomThatEverybodyHasLeftAtOnceIsForgotten) {
  auto ada = guest("Ada");
  auto bob = guest("Bob");
  ada->notify("Room.Say", SayRequest{"Is anybody here?"});
  for (const nano::SessionId id : {1, 2}) world_.app().find_session(id)->close();
  world_.settle();
  auto cleo = world_.connect();
  ASSERT_TRUE(login(*cleo, "Cleo").ok());
  const auto reply = join(*cleo);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->members, Names{"Cleo"});
  EXPECT_TRUE(reply->history.empty());
}

TEST_P(ClusterChat, ANodeThatComesGetsItsRoomsAndNoOther) {
  auto ada = guest("Ada", room_of(chat_2, {&chat_1, &chat_2}));
  auto eve = guest("Eve", room_of(chat_1, {&chat_1, &chat_2}));
  for (const nano::SessionId id : {1, 2}) choose(id, {&chat_1});
  gate_->move_rooms(chat_2);
  world_.settle();
  EXPECT_TRUE(ada->closed());
  EXPECT_EQ(ada->kick(), std::nullopt) << "a kicked client would not come back";
  EXPECT_FALSE(eve->closed());
}

TEST_P(ClusterChat, ThoseWhoHaveNoNodeYetStay) {
  auto ada = world_.connect();
  ASSERT_TRUE(login(*ada, "Ada", room_of(chat_2, {&chat_1, &chat_2})).ok());
  gate_->move_rooms(chat_2);
  world_.settle();
  EXPECT_FALSE(ada->closed());
}

TEST_P(ClusterChat, ThoseWhoseNodeIsLostStay) {
  auto ada = guest("Ada", room_of(chat_2, {&chat_1, &chat_2}));
  choose(1, {&chat_1});
  forget_place(*world_.app().find_session(1));
  gate_->move_rooms(chat_2);
  world_.settle();
  EXPECT_FALSE(ada->closed()) << "it joins anew by itself";
}

TEST_P(ClusterChat, ADeadNodeHasNoSayInWhichRoomsAreMoved) {
  // Of rooms that were chat-2's and that chat-1 serves since.
  const auto served_after_a_death = [&](const Member& better) {
    for (int i = 1;; ++i) {
      std::string room = "Room " + std::to_string(i);
      const bool was_of_chat_2 = place_of(room, {&chat_1, &chat_2, &chat_3}) == &chat_2;
      if (was_of_chat_2 && place_of(room, {&chat_1, &chat_3}) == &better) return room;
    }
  };
  auto ada = guest("Ada", served_after_a_death(chat_3));
  auto eve = guest("Eve", served_after_a_death(chat_1));
  for (const nano::SessionId id : {1, 2}) choose(id, {&chat_1});
  gate_->move_rooms(chat_3);
  world_.settle();
  EXPECT_TRUE(ada->closed());
  EXPECT_FALSE(eve->closed());
}

TEST_P(ClusterChat, TheMasterCountsWhoIsThereAndWhatIsSaid) {
  auto ada = guest("Ada");
  auto bob = guest("Bob", "Garden");
  ada->notify("Room.Say", SayRequest{"one"});
  bob->notify("Room.Say", SayRequest{"two"});
  ada->notify("Room.Say", SayRequest{"three"});
  EXPECT_EQ(totals().online, 2);
  EXPECT_EQ(totals().messages, 3);
  bob->close();
  world_.settle();
  EXPECT_EQ(totals().online, 1);
  EXPECT_EQ(totals().messages, 3);
}

TEST(ClusterGate, LetsNoClientCountForItself) {
  nano::testing::World world;
  world.app().add<Stats>();
  world.app().inbound().push_back(refuse_inner_routes);
  world.start();
  auto mallory = world.connect();
  EXPECT_EQ(mallory->request<Nothing>("Stats.Said", Nothing{}).error().code, "forbidden");
  EXPECT_EQ(mallory->request<Totals>("Stats.Totals", Nothing{}).error().code, "forbidden");
  EXPECT_EQ(mallory->request<Nothing>("Bank.Rob", Nothing{}).error().code, "unknown_route");
}

/// `members` are sorted by address, as routing functions get them.
std::string place(const std::string& room, const std::vector<Member>& members) {
  std::vector<const Member*> candidates;
  for (const Member& member : members) candidates.push_back(&member);
  const Member* found = place_of(room, candidates);
  return found ? found->address : "nowhere";
}

TEST(Places, EachNodeServesItsShareOfTheRooms) {
  std::map<std::string, int> rooms;
  for (int i = 0; i < 3000; ++i) ++rooms[place("room " + std::to_string(i), {chat_1, chat_2, chat_3})];
  ASSERT_EQ(rooms.size(), 3u);
  for (const auto& [address, count] : rooms) {
    EXPECT_GT(count, 900) << address;
    EXPECT_LT(count, 1100) << address;
  }
}

TEST(Places, OnlyTheRoomsOfANodeThatGoesAreMoved) {
  for (int i = 0; i < 300; ++i) {
    const std::string room = "room " + std::to_string(i);
    const std::string before = place(room, {chat_1, chat_2, chat_3});
    const std::string after = place(room, {chat_1, chat_3});
    EXPECT_NE(after, "b:1");
    if (before != "b:1") {
      EXPECT_EQ(after, before);
    }
  }
  EXPECT_EQ(place("Lobby", {}), "nowhere");
}

TEST(Places, ANodeThatWasStartedAgainServesTheSameRooms) {
  const Member two_again{.address = "a:0", .label = "chat-2"};
  for (int i = 0; i < 300; ++i) {
    const std::string room = "room " + std::to_string(i);
    EXPECT_EQ(place(room, {chat_1, chat_2}) == "b:1", place(room, {two_again, chat_1}) == "a:0");
  }
}

TEST(Places, NodesWithOneLabelAreToldApartByTheirAddresses) {
  const Member first{.address = "x:1", .label = "chat"};
  const Member second{.address = "y:1", .label = "chat"};
  EXPECT_EQ(place("Lobby", {first, second}), "x:1");
  EXPECT_EQ(place("Lobby", {second, first}), "x:1");
}

}  // namespace
}  // namespace cluster_chat
