// Internal header. Link: one caller and one server, for the tests of links.
#pragma once

#include <optional>
#include <string>

#include "cluster/link/link_test_nodes.h"

namespace nano::cluster {

class Link : public ::testing::Test {
 protected:
  void call(int first, int end) {
    for (const std::string& text : numbers(first, end)) caller_.call(text);
  }
  void start_server() { server_.emplace(world_, server_process_); }
  /// As after kill -9: the streams break, and nobody knows the conversation.
  void restart_server() {
    server_.reset();
    start_server();
  }
  void cut() { world_.hub.cut("caller:1", "server:1"); }
  void heal() { world_.hub.heal_all(); }
  void break_streams() { world_.hub.reset_streams("caller:1", "server:1"); }
  void connect() {
    caller_.call("hi");
    world_.advance(milliseconds{100});
    ASSERT_EQ(caller_.heard, Texts{"hi"});
    caller_.heard.clear();
    server_->heard.clear();
  }

  LinkWorld world_;
  Process& server_process_ = world_.start_process();
  Process& caller_process_ = world_.start_process();
  std::optional<Server> server_{std::in_place, world_, server_process_};
  Caller caller_{world_, caller_process_};
};

}  // namespace nano::cluster
