#include "cluster/node/rendezvous.h"

namespace nano::cluster {
namespace {

// FNV-1a, and a last mix that spreads the differences of similar texts over all bits.

constexpr std::uint64_t fnv_start = 0xcbf29ce484222325;

std::uint64_t fnv(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93;
  return hash ^ hash >> 32;
}

}  // namespace

std::uint64_t stable_hash(std::string_view text) { return mixed(fnv(fnv_start, text)); }

const Member* rendezvous(std::string_view key, const std::vector<const Member*>& candidates,
                         std::string Member::*name) {
  const Member* best = nullptr;
  std::uint64_t best_weight = 0;
  for (const Member* candidate : candidates) {
    const std::uint64_t weight = mixed(fnv(fnv(fnv_start, candidate->*name), key));
    const bool is_better = best == nullptr || weight > best_weight ||
                           (weight == best_weight && candidate->address < best->address);
    if (!is_better) continue;
    best = candidate;
    best_weight = weight;
  }
  return best;
}

}  // namespace nano::cluster
