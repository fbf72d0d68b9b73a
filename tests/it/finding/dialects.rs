//! Names of columns and events, and times, as shops of many languages and vendors write them.

use std::fmt::Write as _;

use crate::finding::Found;

#[test]
fn columns_are_found_by_their_names_in_fourteen_languages() {
    // Time, customer, item, order, price, pieces.
    let headers = [
        "Created at,Customer,Product,Order,Unit price,Quantity",
        "Bestelldatum,Kundennummer,Artikelnr,Bestellnummer,Einzelpreis,Anzahl",
        "Date de commande,Code client,Référence produit,N° commande,Prix unitaire,Quantité",
        "Fecha,Cliente,Producto,Pedido,Precio,Cantidad",
        "Data ordine,Codice cliente,Articolo,Numero ordine,Prezzo,Quantità",
        "Data do pedido,ID do cliente,Produto,Pedido,Preço,Quantidade",
        "Besteldatum,Klantnummer,Artikelnummer,Bestelnummer,Prijs,Aantal",
        "Data zamówienia,Klient,Produkt,Numer zamówienia,Cena,Ilość",
        "Datum,Kund,Artikelnr,Ordernr,Pris,Antal",
        "Dato,Kundenr,Varenr,Ordrenr,Pris,Antal",
        "Tidspunkt,Kundenummer,Varenummer,Ordrenummer,Pris,Antall",
        "Päivämäärä,Asiakas,Tuote,Tilausnumero,Hinta,Määrä",
        "Tarih,Müşteri No,Ürün,Sipariş No,Fiyat,Adet",
        "Дата,Клиент,Товар,Номер заказа,Цена,Количество",
    ];
    for header in headers {
        let mut log = header.to_owned() + "\n";
        for at in 0..120 {
            writeln!(
                log,
                "2024-{:02}-{:02},{},A{},B{},2.50,2",
                at / 28 + 1,
                at % 28 + 1,
                4001 + at % 30,
                at % 13,
                at / 2
            )
            .unwrap();
        }
        let found = Found::of(&log);
        let columns: Vec<&str> =
            ["time", "user", "item", "transaction", "price", "quantity"].map(|role| found.column(role)).to_vec();
        assert_eq!(columns.join(","), header, "{:#}", found.told["choices"]);
        // 120 lines of two pieces at 2.50.
        assert!((found.spend - 600.0).abs() < 1e-6, "{header}: {}", found.spend);
    }
}

#[test]
fn times_are_read_as_people_and_servers_write_them() {
    // All of 2023-10-03 13:05, of UTC where nothing else is said.
    let cases = [
        ("[03/Oct/2023:13:05:00 +0200]", "2023-10-03T11:05:00Z"),
        ("\"\"\"2023-10-03 13:05:00\"\"\"", "2023-10-03T13:05:00Z"),
        ("10/3/2023 1:05pm", "2023-10-03T13:05:00Z"),
        ("10/3/2023 1:05 PM", "2023-10-03T13:05:00Z"),
        ("10/3/2023 1:05:00p.m.", "2023-10-03T13:05:00Z"),
        ("2023-10-03 1:05 p. m.", "2023-10-03T13:05:00Z"),
        ("3.10.2023 13.05", "2023-10-03T13:05:00Z"),
        ("3.10.2023 klo 13.05", "2023-10-03T13:05:00Z"),
        ("3 lokakuuta 2023 13:05", "2023-10-03T13:05:00Z"),
    ];
    for (last, meant) in cases {
        let mut log = String::from("time,user,item\n");
        // Days above 12 tell day and month apart; times before noon tell halves of the day.
        for at in 0..60 {
            let earlier = last.replacen("1:05", &format!("{}:05", at % 9 + 1), 1);
            let earlier = earlier.replace("13:05", "09:05").replace("13.05", "9.05");
            let earlier =
                earlier.replace("10/3", &format!("9/{}", at % 28 + 1)).replace("3.10.", &format!("{}.9.", at % 28 + 1));
            let earlier = earlier.replace("2023-10-03", &format!("2023-09-{:02}", at % 28 + 1));
            let earlier =
                earlier.replace("3 lokakuuta", "20 syyskuuta").replace("03/Oct", &format!("{:02}/Sep", at % 28 + 1));
            writeln!(log, "{earlier},u{},i{}", at % 20, at % 7).unwrap();
        }
        writeln!(log, "{last},u1,i9").unwrap();
        let found = Found::of(&log);
        assert_eq!((found.told["preview"]["last"].as_str(), &found.kinds["view"]), (Some(meant), &61.into()), "{last}");
    }
}
