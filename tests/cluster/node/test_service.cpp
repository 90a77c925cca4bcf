#include "tests/cluster/node/test_service.h"

#include <chrono>
#include <cstdlib>
#include <poll.h>
#include <utility>

namespace nano::tests {

void TestService::routes(Routes<TestService>& on) {
  on.add<&TestService::echo>("Echo");
  on.add<&TestService::where>("Where");
  on.add<&TestService::who>("Who");
  on.add<&TestService::bind>("Bind");
  on.add<&TestService::fail>("Fail");
  on.add<&TestService::slow>("Slow");
  on.add<&TestService::block>("Block");
  on.add<&TestService::never>("Never");
  on.add<&TestService::seen>("Seen");
  on.add<&TestService::closed>("Closed");
  on.add<&TestService::call>("Call");
  on.add<&TestService::join>("Join");
  on.add<&TestService::share>("Share");
  on.add<&TestService::data>("Data");
  on.add<&TestService::push>("Push");
  on.add<&TestService::seq>("Seq");
  on.add<&TestService::mark>("Mark");
  on.add<&TestService::tell>("Tell");
  on.add<&TestService::say>("Say");
  on.add<&TestService::kick>("Kick");
  on.add<&TestService::close>("Close");
  on.add<&TestService::exit>("Exit");
}

void TestService::on_session_closed(Session& session) {
  if (const std::string* mark = session.get<std::string>("mark")) closed_.push_back(*mark);
}

Identity TestService::who(Session& session) {
  return {label_, std::to_string(session.id()), session.uid(), session.remote_address()};
}

Task<Number> TestService::slow(Number delay_ms) {
  co_await sleep(std::chrono::milliseconds{delay_ms.n});
  co_return delay_ms;
}

Number TestService::block(Number delay_ms) {
  ::poll(nullptr, 0, delay_ms.n);  // as blocking calls do
  return delay_ms;
}

Numbers TestService::seen(Session& session) {
  const auto* numbers = session.get<std::vector<int>>("numbers");
  return numbers ? Numbers{*numbers} : Numbers{};
}

Task<Result<std::string>> TestService::call(SessionPtr session, Letter letter) {
  const Text text{letter.text};
  const Result<std::string> answer = co_await session->call<std::string>(letter.route, text);
  co_return answer;
}

MaybeValue TestService::data(Session& session, const Name& in) {
  std::optional<Text> kept = session.shared<Text>(in.name);
  return kept ? MaybeValue{std::move(kept->text)} : MaybeValue{};
}

void TestService::seq(Session& session, const Number& number) {
  auto* numbers = session.get<std::vector<int>>("numbers");
  if (!numbers) numbers = &session.set("numbers", std::vector<int>{});
  numbers->push_back(number.n);
}

void TestService::mark(Session& session, const Text& mark) {
  session.set("mark", mark.text);
  session.push("onMark", mark);
}

void TestService::exit() { std::_Exit(1); }

}  // namespace nano::tests
