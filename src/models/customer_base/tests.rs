#![allow(clippy::unwrap_used)]

use crate::models::customer_base::*;

fn near(found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() <= share, "{found} where {expected} was expected");
}

/// The CDNOW sample, times in weeks.
fn cdnow() -> (Vec<Customer>, Vec<Spender>) {
    let (mut customers, mut spenders) = (Vec::new(), Vec::new());
    for line in include_str!("cdnow.csv").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        customers.push(Customer { repeats: fields[0] as u32, last: fields[1], age: fields[2] });
        if fields[0] > 0.0 {
            spenders.push(Spender { orders: fields[0], mean: fields[3] });
        }
    }
    (customers, spenders)
}

/// Python's `lifetimes` 0.11.3, `BetaGeoFitter(penalizer_coef=0)` and `GammaGammaFitter(penalizer_coef=0)` on the same rows.
#[test]
fn cdnow_is_that_of_lifetimes() {
    let (customers, spenders) = cdnow();
    assert_eq!((customers.len(), spenders.len()), (2_357, 946));
    let model = BgNbd::fit(&customers).unwrap();
    near(model.log_likelihood(&customers), -9_582.425_560_567_368, 1e-6);
    near(model.r, 0.242_592_93, 1e-3);
    near(model.alpha, 4.413_532_27, 1e-3);
    near(model.a, 0.792_885_97, 3e-3);
    near(model.b, 2.425_752_38, 3e-3);
    let expected = [1.225_910_424_174_406_8, 0.203_250_624_256_187_96, 0.194_780_857_939_478_36];
    for (customer, expected) in customers.iter().zip(expected) {
        near(model.orders(customer, 39.0), expected, 1e-3);
    }
    let all: f64 = customers.iter().map(|customer| model.orders(customer, 39.0)).sum();
    near(all, 1_653.423_283_330_691, 1e-3);
    let model = GammaGamma::fit(&spenders).unwrap();
    near(model.log_likelihood(&spenders), -4_055.923_243_502_864_4, 1e-6);
    near(model.p, 6.248_802_5, 1e-2);
    near(model.q, 3.744_588_46, 1e-2);
    near(model.v, 15.447_748_06, 1e-2);
}

/// 1,500 customers by the generator of `models/population.rs`: rate `.004 + .1u⁴`, chance of dropping out `u²`, age
/// `100 + ⌊200u⌋`, gaps `−ln(1 − u) / rate`, the last time as f32. Reference: `lifetimes` 0.11.3.
#[test]
fn a_generated_log_is_that_of_lifetimes() {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 4_294_967_296.0
    };
    let mut customers = Vec::new();
    for _ in 0..1_500 {
        let (rate, leaves) = (0.004 + 0.1 * uniform().powi(4), uniform().powi(2));
        let age = f64::from(100 + (uniform() * 200.0) as u32);
        let (mut time, mut customer) = (0.0, Customer { repeats: 0, last: 0.0, age });
        loop {
            time -= (1.0 - uniform()).ln() / rate;
            if time >= age {
                break;
            }
            customer.repeats += 1;
            customer.last = f64::from(time as f32);
            if uniform() < leaves {
                break;
            }
        }
        customers.push(customer);
    }
    assert_eq!(customers.iter().map(|customer| customer.repeats).sum::<u32>(), 3_546);
    let model = BgNbd::fit(&customers).unwrap();
    near(model.log_likelihood(&customers), -17_481.012_022_164_625, 1e-6);
    let expected = [0.180_889_437_881_822_4, 0.178_673_445_725_260_3, 0.764_380_614_514_582, 1.554_264_847_215_631];
    for (customer, expected) in customers.iter().zip(expected) {
        near(model.orders(customer, 60.0), expected, 1e-3);
    }
    let all: f64 = customers.iter().map(|customer| model.orders(customer, 60.0)).sum();
    near(all, 680.278_482_162_062_6, 1e-3);
}

/// The quadrature against the form with ₂F₁: `lifetimes`' `conditional_expected_number_of_purchases_up_to_time` and
/// `conditional_probability_alive` at fixed parameters, one of them with a narrow distribution of dropping out.
#[test]
fn the_quadrature_is_within_a_millionth_of_the_hypergeometric_form() {
    let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    for ((repeats, last, age, time), orders, alive) in [
        ((2, 30.43, 38.86, 39.0), 1.226_028_174_767_135, 0.726_578_570_080_673),
        ((0, 0.0, 38.86, 39.0), 0.195_098_052_011_253_96, 1.0),
        ((7, 29.43, 38.86, 13.0), 1.279_136_408_618_096_3, 0.641_756_345_946_107_2),
        ((26, 30.86, 31.0, 10.0), 6.530_495_778_836_514, 0.968_915_649_717_525),
        ((1, 1.71, 38.86, 100.0), 0.439_434_013_254_311_03, 0.212_100_985_377_379_1),
    ] {
        let customer = Customer { repeats, last, age };
        near(model.orders(&customer, time), orders, 1e-6);
        near(model.p_alive(&customer), alive, 1e-12);
    }
    let narrow = BgNbd { r: 3.0, alpha: 20.0, a: 40.0, b: 400.0 };
    near(narrow.orders(&Customer { repeats: 5, last: 60.0, age: 80.0 }, 50.0), 2.075_667_608_186_176_7, 1e-6);
    assert!(
        (GammaGamma { p: 6.25, q: 3.74, v: 15.44 }.value(Spender { orders: 3.0, mean: 25.0 }) - 26.302_931_596).abs()
            < 1e-6
    );
}

#[test]
fn nothing_to_learn_and_extremes_are_no_panic() {
    let once = [Customer { repeats: 0, last: 0.0, age: 10.0 }; 5];
    assert_eq!(BgNbd::fit(&once), None);
    assert_eq!(BgNbd::fit(&[]), None);
    assert_eq!(GammaGamma::fit(&[]), None);
    assert_eq!(GammaGamma::fit(&[Spender { orders: 2.0, mean: 0.0 }]), None);
    // Nobody drops out: the chance of it goes to nothing.
    let regular: Vec<Customer> =
        (0..300).map(|row| Customer { repeats: 10 + row % 5, last: 99.0, age: 100.0 }).collect();
    let model = BgNbd::fit(&regular).unwrap();
    let orders = model.orders(&regular[0], 10.0);
    assert!(orders.is_finite() && (0.8..1.5).contains(&orders), "{model:?} {orders}");
    let p = model.p_order(&regular[0], 10.0);
    assert!((0.0..=1.0).contains(&p) && p > 0.4, "{p}");
    for customer in [Customer { repeats: 4_000, last: 1e5, age: 1e5 }, Customer { repeats: 1, last: 0.0, age: 1e6 }] {
        assert!(model.orders(&customer, 30.0).is_finite() && model.p_alive(&customer).is_finite());
    }
}
