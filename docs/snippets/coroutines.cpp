// Handlers that answer later: coroutines, blocking calls on the worker pool, and answers given by another
// handler.

#include <cstdint>
#include <optional>
#include <string>

#include "nano/nano.h"

namespace docs::coroutines {

struct ProfileRequest {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(ProfileRequest, (), (name))

struct Profile {
  std::string name;
  int wins = 0;
};
BOOST_DESCRIBE_STRUCT(Profile, (), (name, wins))

struct Opponent {
  std::uint64_t session;
};
BOOST_DESCRIBE_STRUCT(Opponent, (), (session))

/// Asks a database, and blocks until that answers.
std::optional<Profile> read_profile(const std::string& name);

struct Prize {
  int coins;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Prize, (), (coins, reason))

struct Balance {
  int coins = 0;
};
BOOST_DESCRIBE_STRUCT(Balance, (), (coins))

class Players final : public nano::Component {
 public:
  static void routes(nano::Routes<Players>& on) {
    on.add<&Players::profile>("Profile");
    on.add<&Players::find_opponent>("FindOpponent");
    on.add<&Players::win>("Win");
  }

  nano::Task<nano::Result<Profile>> profile(nano::SessionPtr session, ProfileRequest request) {
    auto query = offload([name = request.name] { return read_profile(name); });
    std::optional<Profile> found = co_await query;
    if (!found) co_return nano::Error{"no_profile", "Nobody of this name has played here."};
    session->set("profile", *found);
    co_return std::move(*found);
  }

  nano::Task<nano::Result<Balance>> win(nano::SessionPtr session) {
    const Prize prize{100, "You have won."};
    nano::Result<Balance> balance = co_await session->call<Balance>("Bank.Deposit", prize);
    if (balance) session->push("onBalance", *balance);
    co_return balance;
  }

  void find_opponent(nano::Session& session, nano::Responder<Opponent> answer) {
    const bool alone = !waiting_ || waiting_->session().closed() || &waiting_->session() == &session;
    if (alone) {
      waiting_ = std::move(answer);
      return;
    }
    answer.respond({waiting_->session().id()});
    waiting_->respond({session.id()});
    waiting_.reset();
  }

 private:
  std::optional<nano::Responder<Opponent>> waiting_;
};

void add_to(nano::Application& app) { app.add<Players>(); }

}  // namespace docs::coroutines
