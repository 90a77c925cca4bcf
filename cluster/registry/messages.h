// Internal header. The messages of clusterpb as C++ values: between protobuf's classes and the logic.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cluster/network/network.h"
#include "cluster/registry/clusterpb.pb.h"
#include "cluster/registry/member.h"

namespace nano::cluster {

namespace method {
inline constexpr std::string_view register_member = "/clusterpb.Master/Register";
inline constexpr std::string_view unregister_member = "/clusterpb.Master/Unregister";
inline constexpr std::string_view heartbeat = "/clusterpb.Master/Heartbeat";
inline constexpr std::string_view new_member = "/clusterpb.Member/NewMember";
inline constexpr std::string_view delete_member = "/clusterpb.Member/DelMember";
inline constexpr std::string_view handle_request = "/clusterpb.Member/HandleRequest";
inline constexpr std::string_view handle_notify = "/clusterpb.Member/HandleNotify";
inline constexpr std::string_view handle_push = "/clusterpb.Member/HandlePush";
inline constexpr std::string_view handle_response = "/clusterpb.Member/HandleResponse";
inline constexpr std::string_view session_closed = "/clusterpb.Member/SessionClosed";
inline constexpr std::string_view close_session = "/clusterpb.Member/CloseSession";
/// Ours alone.
inline constexpr std::string_view meet = "/clusterpb.Member/Meet";
/// That no node has: to hear that it is there.
inline constexpr std::string_view probe = "/clusterpb.Member/Probe";
}  // namespace method

/// A sentence without its stop; nothing for what a node may say of itself.
std::string problem_of(const Member& member);
/// Sorts the services. Nothing, with a sentence in `problem`, for what no node should say of itself.
std::optional<Member> to_member(const clusterpb::MemberInfo& info, std::string& problem);
void fill(const Member& member, clusterpb::MemberInfo& info);
/// What a node says of itself to a master, which may be one of Go Nano: also in a form that those hand on.
void fill_for_master(const Member& self, clusterpb::MemberInfo& info);

/// What a node answers to a call that it does not carry out.
inline CallOutcome refusal(std::string sentence) {
  return NetworkError{NetworkErrc::refused, std::move(sentence)};
}
inline CallOutcome undecodable() {
  return refusal("the request is not the protobuf message that the method takes");
}

template <class Message>
std::optional<Message> parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return message;
}

}  // namespace nano::cluster
