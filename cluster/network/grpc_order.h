// Internal header. Tells the thread sanitizer of an order that gRPC keeps: its library is not built with it.
#pragma once

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define NANO_GRPC_THREAD_SANITIZER
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define NANO_GRPC_THREAD_SANITIZER
#endif

#ifdef NANO_GRPC_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace nano::cluster {

/// What this thread did until now comes before what another does after tell_after() of the same object.
/// Nothing in other builds.
inline void tell_before([[maybe_unused]] void* object) {
#ifdef NANO_GRPC_THREAD_SANITIZER
  __tsan_release(object);
#endif
}

inline void tell_after([[maybe_unused]] void* object) {
#ifdef NANO_GRPC_THREAD_SANITIZER
  __tsan_acquire(object);
#endif
}

}  // namespace nano::cluster
