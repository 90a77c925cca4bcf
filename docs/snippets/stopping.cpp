// Stopping: a component that saves before the server ends.

#include <chrono>
#include <string>

#include "nano/nano.h"

namespace docs::stopping {

struct World {
  std::string state;
};

/// Writes to a disk or database, and blocks until that is done.
void save_world(const World& world);

class Keeper final : public nano::Component {
 public:
  static void routes(nano::Routes<Keeper>&) {}  // none

  void init() override { scheduler().spawn(autosave(), {.name = "autosave", .background = true}); }

  nano::Task<void> shutdown(nano::TimePoint) override { co_await save(); }

 private:
  nano::Task<void> autosave() {
    for (;;) {
      co_await sleep(std::chrono::minutes{1});
      co_await save();
    }
  }

  nano::Task<void> save() {
    while (saving_) co_await sleep(std::chrono::milliseconds{20});  // an older state must not be written last
    const Saving begun{saving_};
    auto written = offload([world = world_] { save_world(world); });
    co_await written;
  }

  /// Ends also where the save throws or is cancelled.
  struct Saving {
    explicit Saving(bool& now) : now_(now) { now_ = true; }
    ~Saving() { now_ = false; }
    Saving(const Saving&) = delete;
    Saving& operator=(const Saving&) = delete;
    bool& now_;
  };

  World world_;
  bool saving_ = false;
};

void add_to(nano::Application& app) { app.add<Keeper>(); }

}  // namespace docs::stopping
