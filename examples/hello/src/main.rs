fn main() {
    println!("hello from a conda package");
}
