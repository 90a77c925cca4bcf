#include "cluster/registry/member.h"

#include <algorithm>

namespace nano::cluster {

bool Member::offers(std::string_view service) const {
  return std::binary_search(services.begin(), services.end(), service);
}

}  // namespace nano::cluster
