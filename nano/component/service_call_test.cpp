// Calls from one service to another, with and without a session.

#include <stdexcept>
#include <vector>

#include "nano/component/handler_test_fixture.h"
#include "nano/scheduler/local_scheduler.h"

namespace nano {
namespace {

/// What is called.
class Bank final : public Component {
 public:
  static void routes(Routes<Bank>& on) {
    on.add<&Bank::echo>("Echo")
        .add<&Bank::withdraw>("Withdraw")
        .add<&Bank::who>("Who")
        .add<&Bank::slow>("Slow");
    on.add<&Bank::hold>("Hold").add<&Bank::release>("Release").add<&Bank::fail>("Fail").add<&Bank::note>(
        "Note");
  }
  std::string echo(const std::string& in) { return in; }
  Result<Reply> withdraw(const Question& in) {
    if (in.count > 10) return Error{"too_poor", "There are ten coins."};
    return Reply{std::to_string(in.count) + " coins"};
  }
  std::string who(Session& session) { return "session " + std::to_string(session.id()); }
  Task<std::string> slow(std::string in) {
    co_await sleep(seconds{1});
    co_return in;
  }
  void hold(const std::string&, Responder<std::string> responder) { held.push_back(std::move(responder)); }
  void release(SessionPtr session, Responder<std::string> responder) {
    released_session = std::move(session);
    released.push_back(responder.release());
  }
  void fail() { throw std::runtime_error("vault stuck"); }
  void note(const std::string& in) { notes.push_back(in); }

  std::vector<Responder<std::string>> held;
  std::vector<std::uint64_t> released;
  SessionPtr released_session;
  std::vector<std::string> notes;
};

std::string text_of(const Result<std::string>& reply) {
  return reply ? *reply : reply.error().code + ": " + reply.error().message;
}

/// What clients speak to: it asks the bank.
class Shop final : public Component {
 public:
  static void routes(Routes<Shop>& on) {
    on.add<&Shop::ask>("Ask").add<&Shop::ask_in_no_name>("AskInNoName").add<&Shop::pay>("Pay");
    on.add<&Shop::tell>("Tell");
  }
  /// "Bank.Echo words" calls the route with the words.
  Task<std::string> ask(SessionPtr session, std::string in) {
    const auto [route, words] = split(in);
    const Result<std::string> reply = co_await session->call<std::string>(route, words);
    co_return text_of(reply);
  }
  Task<std::string> ask_in_no_name(std::string in) {
    const auto [route, words] = split(in);
    const Result<std::string> reply = co_await call<std::string>(route, words);
    co_return text_of(reply);
  }
  Task<Result<Reply>> pay(SessionPtr session, Question in) {
    const CallOptions options{.timeout = seconds{2}};
    Result<Reply> reply = co_await session->call<Reply>("Bank.Withdraw", in, options);
    co_return reply;
  }
  Task<std::string> tell(SessionPtr session, std::string in) {
    const Result<void> told = co_await session->call<void>("Bank.Note", in);
    co_return told ? "told" : told.error().code;
  }

 private:
  static std::pair<std::string, std::string> split(const std::string& in) {
    const std::size_t space = in.find(' ');
    return space == std::string::npos ? std::pair{in, std::string{}}
                                      : std::pair{in.substr(0, space), in.substr(space + 1)};
  }
};

class ServiceCalls : public ::testing::Test {
 protected:
  ServiceCalls() : bank_(&world_.app().add<Bank>()) {
    world_.app().add<Shop>();
    world_.start();
    client_ = world_.connect();
  }
  std::string ask(std::string_view route, std::string_view payload) {
    return text_of(client_->request<std::string>(route, payload));
  }
  std::string answer_to(std::uint64_t id) { return text_of(client_->take_reply<std::string>(id)); }

  testing::World world_;
  Bank* bank_;
  std::shared_ptr<testing::Client> client_;
};
TEST_F(ServiceCalls, IsAnsweredWithWhatTheHandlerReturns) {
  EXPECT_EQ(ask("Shop.Ask", "Bank.Echo hello"), "hello");
  EXPECT_EQ(ask("Shop.AskInNoName", "Bank.Echo hello"), "hello");
  EXPECT_EQ(ask("Shop.Tell", "remember"), "told");
  EXPECT_EQ(bank_->notes, std::vector<std::string>{"remember"});
}

TEST_F(ServiceCalls, IsTypedBothWays) {
  const auto paid = client_->request<Reply>("Shop.Pay", Question{"", 3});
  ASSERT_TRUE(paid);
  EXPECT_EQ(paid->text, "3 coins");
  const auto refused = client_->request<Reply>("Shop.Pay", Question{"", 30});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), (Error{"too_poor", "There are ten coins."}));
}

TEST_F(ServiceCalls, CarriesItsSessionAndWithoutOneReachesOnlyHandlersThatTakeNone) {
  EXPECT_EQ(ask("Shop.Ask", "Bank.Who"), "session 1");
  EXPECT_EQ(ask("Shop.AskInNoName", "Bank.Who"),
            "invalid_argument: The handler needs a session: call it through one.");
}

TEST_F(ServiceCalls, ReachesCoroutinesAndResponders) {
  const std::uint64_t slow = client_->send_request("Shop.AskInNoName", "Bank.Slow later");
  world_.advance(seconds{1});
  EXPECT_EQ(answer_to(slow), "later");

  const std::uint64_t held = client_->send_request("Shop.AskInNoName", "Bank.Hold");
  world_.advance(seconds{1});
  bank_->held.at(0).respond("at last");
  world_.settle();
  EXPECT_EQ(answer_to(held), "at last");
}

TEST_F(ServiceCalls, ThatIsReleasedIsAnsweredThroughTheSessionAndIsNotMistakenForAClientsRequest) {
  const std::uint64_t first = client_->send_request("Shop.Ask", "Bank.Release");
  const std::uint64_t second = client_->send_request("Shop.Ask", "Bank.Release");
  world_.settle();
  ASSERT_EQ(bank_->released.size(), 2u);
  ASSERT_NE(bank_->released[0], bank_->released[1]);
  EXPECT_TRUE(bank_->released_session->respond(bank_->released[1], "two"));
  EXPECT_TRUE(bank_->released_session->respond(bank_->released[0], "one"));
  world_.settle();
  EXPECT_EQ(answer_to(first), "one");
  EXPECT_EQ(answer_to(second), "two");
}

TEST_F(ServiceCalls, ThatIsReleasedAndNeverAnsweredKeepsNoSession) {
  client_->send_request("Shop.Ask", "Bank.Release");
  world_.settle();
  const std::weak_ptr<Session> session = bank_->released_session;
  bank_->released_session.reset();
  client_->vanish();
  world_.advance(limits::call_timeout);
  EXPECT_TRUE(session.expired());
}

TEST_F(ServiceCalls, FailsInWords) {
  EXPECT_EQ(ask("Shop.Ask", "Bank.Nothing"), "unknown_route: There is no route \"Bank.Nothing\".");
  EXPECT_EQ(ask("Shop.Ask", "Bank.Fail"), internal_error);
  EXPECT_EQ(ask("Shop.Ask", "Bank.Withdraw nonsense").substr(0, 12), "bad_payload:");
  EXPECT_TRUE(world_.log().contains("handler failed route=Bank.Fail session=1 error=\"vault stuck\""));
}

TEST_F(ServiceCalls, IsNotWaitedForBeyondItsDeadline) {
  const std::uint64_t id = client_->send_request("Shop.Ask", "Bank.Hold");
  world_.advance(limits::call_timeout - milliseconds{1});
  EXPECT_EQ(answer_to(id), "timeout: No answer to request 1 has come.");
  world_.advance(milliseconds{1});
  EXPECT_EQ(answer_to(id), "timeout: The call to \"Bank.Hold\" was not answered in time.");
  bank_->held.at(0).respond("too late");
  world_.settle();
}

TEST_F(ServiceCalls, OutlivesItsSessionAndEndsWithItsCoroutine) {
  client_->send_request("Shop.Ask", "Bank.Hold");
  client_->vanish();
  bank_->held.at(0).respond("to nobody");
  world_.settle();
  auto other = world_.connect();
  other->send_request("Shop.Ask", "Bank.Hold");
  world_.settle();
  world_.app().scheduler().cancel_all();
  world_.settle();
  bank_->held.at(1).respond("to a coroutine that has gone");
  world_.settle();
}

TEST(ServiceCallsToALocalScheduler, RunAtItsFrame) {
  testing::World world;
  FrameScheduler frames{world.app().scheduler(), milliseconds{100}};
  ComponentOptions in_frames;
  in_frames.scheduler = &frames;
  world.app().add<Bank>(std::move(in_frames));
  world.app().add<Shop>();
  world.start();
  const auto client = world.connect();
  const std::uint64_t id = client->send_request("Shop.AskInNoName", "Bank.Echo framed");
  world.advance(milliseconds{99});
  EXPECT_FALSE(client->take_reply<std::string>(id));
  world.advance(milliseconds{1});
  EXPECT_EQ(text_of(client->take_reply<std::string>(id)), "framed");
}

}  // namespace
}  // namespace nano
