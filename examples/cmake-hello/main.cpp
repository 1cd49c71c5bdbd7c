#include <iostream>

#include "greeting/greeting.h"

int main(int argc, char **argv) {
  std::cout << greeting(argc > 1 ? argv[1] : "conda") << '\n';
}
