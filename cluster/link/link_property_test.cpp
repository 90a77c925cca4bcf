#include "cluster/link/link_test_nodes.h"

namespace nano::cluster {
namespace {

/// What one end has heard of the other: each conversation's messages are numbered from 0 on, so within one
/// they must come as 0, 1, 2 ...
class Heard {
 public:
  void note(const std::string& text) {
    const std::size_t dash = text.find('-');
    const int conversation = std::stoi(text.substr(0, dash));
    const int number = std::stoi(text.substr(dash + 1));
    EXPECT_GE(conversation, conversation_) << "an old conversation speaks";
    if (std::exchange(conversation_, conversation) != conversation) next_ = 0;
    EXPECT_EQ(number, next_) << "of conversation " << conversation;
    next_ = number + 1;
  }
  /// Of what was heard last, nothing more must come.
  void expect_no_more() { next_ = -1; }
  int conversation() const { return conversation_; }
  int count() const { return next_; }

 private:
  int conversation_ = -1;
  int next_ = 0;
};

/// Random steps with a caller and a server, and what must hold after each and in the end.
class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed), world_(seed), caller_(world_, caller_process_) {
    caller_.when_heard = [this](const std::string& text) {
      heard_by_caller_.note(text);
      if (roll(20) == 0) call();
    };
    caller_.when_over = [this] {
      ++caller_conversation_;
      heard_by_caller_.expect_no_more();
      called_ = 0;
      if (roll(2) == 0) call();
    };
    caller_.when_unreachable = [this] {
      EXPECT_FALSE(caller_.link().usable());
      if (roll(2) == 0) call();
    };
    start_server();
  }

  void step() {
    switch (roll(20)) {
      case 0: return world_.hub.reset_streams("caller:1", "server:1");
      case 1: return roll(3) == 0 ? world_.hub.cut("caller:1", "server:1") : void();
      case 2: return world_.hub.heal_all();
      case 3: return world_.advance(seconds{roll(6)});
      case 4: return roll(20) == 0 ? world_.advance(seconds{roll(40)}) : void();
      case 5: return void(server_process_.frozen = roll(4) == 0);
      case 6: return void(caller_process_.frozen = roll(4) == 0);
      case 7: return roll(15) == 0 ? restart_server() : void();
      case 8: return roll(15) == 0 ? server_->acceptor().end("caller:1", "test") : void();
      case 9: return roll(15) == 0 && server_->newest ? close_newest() : void();
      case 10:
      case 11:
      case 12: return world_.advance(milliseconds{roll(50)});
      case 13:
      case 14: return world_.advance(std::chrono::microseconds{roll(1000)});
      case 15:
      case 16: return push();
      default: return call();
    }
  }

  /// In peace all that was sent in the present conversation arrives.
  void settle() {
    world_.hub.heal_all();
    server_process_.frozen = false;
    caller_process_.frozen = false;
    world_.advance(seconds{60});
    const int over = caller_.over;
    const int server_over = static_cast<int>(server_->over.size());
    call();
    world_.advance(seconds{60});
    EXPECT_EQ(caller_.over, over) << "in peace no conversation ends";
    EXPECT_EQ(server_->over.size(), static_cast<std::size_t>(server_over));
    EXPECT_EQ(heard_by_server_.conversation(), caller_conversation_);
    EXPECT_EQ(heard_by_server_.count(), called_);
    EXPECT_EQ(server_->begun - server_over, 1) << "each conversation but this one has been told to be over";
    if (numbered_ == server_->begun) {
      EXPECT_EQ(heard_by_caller_.conversation(), server_conversation_);
      EXPECT_EQ(heard_by_caller_.count(), pushed_);
    }
    EXPECT_TRUE(caller_.link().drained());
    EXPECT_TRUE(server_->acceptor().drained());
  }

  int conversations() const { return caller_.over + 1; }

 private:
  int roll(int sides) { return static_cast<int>(random_() % static_cast<std::uint64_t>(sides)); }

  void call() { caller_.call(std::to_string(caller_conversation_) + "-" + std::to_string(called_++)); }

  void push() {
    if (!server_->newest || closed_ == server_->begun) return;
    if (numbered_ != server_->begun) {
      numbered_ = server_->begun;
      ++server_conversation_;
      pushed_ = 0;
    }
    Server::push(*server_->newest, std::to_string(server_conversation_) + "-" + std::to_string(pushed_++));
  }

  void start_server() {
    server_.emplace(world_, server_process_);
    numbered_ = 0;
    closed_ = 0;
    heard_by_server_.expect_no_more();
    server_->when_over = [this](IncomingLink&) { heard_by_server_.expect_no_more(); };
    server_->when_heard = [this](IncomingLink&, const std::string& text) {
      heard_by_server_.note(text);
      if (roll(3) == 0) push();
    };
  }
  void close_newest() {
    server_->newest->close();
    closed_ = server_->begun;
  }
  void restart_server() {
    server_.reset();
    start_server();
  }

  std::mt19937_64 random_;
  LinkWorld world_;
  Process& server_process_ = world_.start_process();
  Process& caller_process_ = world_.start_process();
  std::optional<Server> server_;
  Caller caller_;
  Heard heard_by_server_;
  Heard heard_by_caller_;
  int caller_conversation_ = 0;
  int called_ = 0;  // in this conversation
  int server_conversation_ = 0;
  int numbered_ = 0;  // the conversation of this server that pushed_ is for
  int pushed_ = 0;
  int closed_ = 0;  // the conversation of this server that it said goodbye to
};

TEST(LinkProperty, MessagesArriveOnceAndInOrderOrTheConversationIsOver) {
  int conversations = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomRun run{seed};
    for (int i = 0; i < 3000; ++i) run.step();
    run.settle();
    conversations += run.conversations();
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(conversations, 600) << "the steps hardly end any conversation";
}

}  // namespace
}  // namespace nano::cluster
