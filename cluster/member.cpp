#include "cluster/member.h"

#include <algorithm>

namespace nano::cluster {

bool Member::offers(const std::string& service) const {
  return std::binary_search(services.begin(), services.end(), service);
}

}  // namespace nano::cluster
