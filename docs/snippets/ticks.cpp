// Time: a world that ticks, and one whose input is handled once per frame.

#include <chrono>

#include "nano/nano.h"

namespace docs::ticks {

struct Snapshot {
  std::uint64_t tick = 0;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (), (tick))

class Arena final : public nano::Component {
 public:
  static void routes(nano::Routes<Arena>& on) { on.add<&Arena::enter>("Enter"); }

  void init() override {
    ticking_ = every(std::chrono::milliseconds{50}, [this] { tick(); });
  }
  void enter(nano::Session& session) { players_.add(session); }

 private:
  void tick() {
    ++now_.tick;
    players_.broadcast("onTick", now_);
  }

  nano::Group players_;
  Snapshot now_;
  nano::Timer ticking_;
};

int run(nano::Options options) {
  nano::Application app{std::move(options)};
  nano::FrameScheduler frames{app.scheduler(), std::chrono::milliseconds{50}};
  app.add<Arena>(nano::ComponentOptions{.scheduler = &frames});
  app.listen_websocket("0.0.0.0:3250");
  return app.run();
}

}  // namespace docs::ticks
