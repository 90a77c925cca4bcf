#include "cluster/registry/messages.h"

#include <gtest/gtest.h>

namespace nano::cluster {
namespace {

const Member node{.address = "one:1",
                  .label = "first",
                  .services = {"Lobby", "Room"},
                  .link_version = 1,
                  .gate_number = 7,
                  .incarnation = 0xfedcba9876543210};

/// As a master of Go Nano hands it on.
clusterpb::MemberInfo without_our_fields(clusterpb::MemberInfo info) {
  info.clear_linkversion();
  info.clear_gatenumber();
  info.clear_incarnation();
  return info;
}

std::optional<Member> read(const clusterpb::MemberInfo& info) {
  std::string problem;
  return to_member(info, problem);
}

TEST(Messages, AMemberComesThroughAMasterOfOurs) {
  clusterpb::MemberInfo info;
  fill(node, info);
  EXPECT_EQ(info.services_size(), 2);
  EXPECT_EQ(read(info), node);
}

TEST(Messages, AMemberComesThroughAMasterOfGoNanoButForItsGateNumber) {
  clusterpb::MemberInfo info;
  fill_for_master(node, info);
  EXPECT_EQ(info.services(2), "nano-link:1:fedcba9876543210");
  EXPECT_EQ(read(info), node) << "which ours reads as well";
  Member expected = node;
  expected.gate_number = 0;
  EXPECT_EQ(read(without_our_fields(info)), expected);
}

TEST(Messages, OurFieldsAreBelievedMoreThanTheEntry) {
  clusterpb::MemberInfo info;
  fill(node, info);
  info.add_services("nano-link:9:99");
  EXPECT_EQ(read(info), node);
}

TEST(Messages, AnEntryThatIsNoneIsNoServiceEither) {
  for (const char* entry : {"nano-link:", "nano-link:1", "nano-link:1:", "nano-link::1", "nano-link:1:xyz",
                            "nano-link:1:1 ", "nano-link:0:1", "nano-link:1:0", "nano-link:-1:1",
                            "nano-link:4294967296:1", "nano-link:1:10000000000000000"}) {
    clusterpb::MemberInfo info;
    info.set_serviceaddr("go:1");
    info.add_services("Room");
    info.add_services(entry);
    EXPECT_EQ(read(info), (Member{.address = "go:1", .services = {"Room"}})) << entry;
  }
}

TEST(Messages, TheEntryIsNotCountedAsAService) {
  Member large = node;
  large.services.clear();
  for (int i = 1000; i < 2024; ++i) large.services.push_back("Service" + std::to_string(i));
  clusterpb::MemberInfo info;
  fill_for_master(large, info);
  EXPECT_EQ(read(info), large);
  info.add_services("One");
  EXPECT_EQ(read(info), std::nullopt);
}

TEST(Messages, WhatAMemberSaysOfItselfIsText) {
  Member member{.address = "a:1", .label = "eu", .services = {"Room"}};
  EXPECT_EQ(problem_of(member), "");
  member.label = "\xff";
  EXPECT_NE(problem_of(member).find("label of bytes that are not UTF-8"), std::string::npos);
  member.label = "";
  member.services.push_back("\xff");
  EXPECT_NE(problem_of(member).find("service whose name"), std::string::npos);
}

}  // namespace
}  // namespace nano::cluster
